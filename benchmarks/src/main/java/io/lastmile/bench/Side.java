package io.lastmile.bench;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;

/** One of the ways that are compared. Sending does not block; arrivals are told elsewhere. */
interface Side extends AutoCloseable {
    String name();

    Latencies latencies();

    /** Sends to a device. */
    void send(DeviceId device, Payload payload);

    /** How many sends were refused or failed so far. */
    long refused();

    @Override
    void close();
}
