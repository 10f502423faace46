package io.lastmile.process;

import org.jspecify.annotations.Nullable;

/** A device that runs an MQTT client which is not ours, subscribed to a filter at QoS 1. */
interface ForeignDevice extends AutoCloseable {
    /**
     * A message as the client shows it.
     *
     * @param contentType null where the client cannot tell
     * @param messageId the user property; null where the client cannot tell
     */
    record Arrival(
            String topic,
            String payload,
            @Nullable String contentType,
            @Nullable String messageId) {}

    /** The next message, waited for. */
    Arrival next() throws Exception;

    @Override
    void close();
}
