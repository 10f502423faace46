package io.lastmile.bench.load;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import org.jspecify.annotations.Nullable;

/**
 * One PUBLISH as a device got it.
 *
 * @param id from the topic {@code inbox/<id>} or the MQTT 5 user property; null where neither tells
 * @param redelivery whether the DUP flag was set
 * @param atNs when it was decoded, {@link System#nanoTime}
 */
public record Received(
        DeviceId device,
        @Nullable MessageId id,
        String topic,
        Payload payload,
        boolean redelivery,
        long atNs) {}
