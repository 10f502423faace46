package io.lastmile.bench.latency;

import io.lastmile.bench.Figure;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;
import java.util.Map;

/** One of the ways that are compared. Sending does not block; arrivals are told elsewhere. */
interface Side extends AutoCloseable {
    String name();

    Latencies latencies();

    /** The processes that take part, by the figure of what a message costs each. */
    Map<Figure, Long> pids();

    /** Sends to a device. */
    void send(DeviceId device, Payload payload);

    /** How many sends were refused or failed so far. */
    long refused();

    @Override
    void close();
}
