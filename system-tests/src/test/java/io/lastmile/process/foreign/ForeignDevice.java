package io.lastmile.process.foreign;

import org.jspecify.annotations.Nullable;

/** A device that runs an MQTT client which is not ours, subscribed to a filter. */
public interface ForeignDevice extends AutoCloseable {
    /** How long anything is waited for. */
    int WAIT_SECONDS = 30;

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

    /** What was waited for, if it came. */
    static <T> T within(@Nullable T arrived) {
        if (arrived == null) {
            throw new AssertionError("nothing came within " + WAIT_SECONDS + " s");
        }
        return arrived;
    }
}
