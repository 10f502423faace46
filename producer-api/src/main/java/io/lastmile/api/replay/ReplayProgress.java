package io.lastmile.api.replay;

import java.util.Locale;

/**
 * How far a replay is.
 *
 * @param startedAtMs since the epoch
 * @param endedAtMs since the epoch; 0 while it runs
 * @param percentRead of what is to be looked through, 0 to 100
 * @param skipped read and not sent: cancels, repetitions, what cannot be understood
 * @param failure why it ended early, for people; empty where it did not
 */
public record ReplayProgress(
        State state,
        long startedAtMs,
        long endedAtMs,
        int percentRead,
        Repeated repeated,
        long skipped,
        String failure) {
    /**
     * What was sent, or of a dry run would be.
     *
     * @param devices that the messages were for at first, at most a million are counted
     * @param bytes of their payloads
     * @param firstAtMs when the first was accepted; meaningless without messages
     * @param lastAtMs when the last was accepted
     */
    public record Repeated(long messages, int devices, long bytes, long firstAtMs, long lastAtMs) {
        /** Nothing. */
        public static final Repeated NONE = new Repeated(0, 0, 0, 0, 0);
    }

    /** What has become of it. */
    public enum State {
        /** It goes on. */
        RUNNING,
        /** All was sent, and Kafka has it. */
        DONE,
        /** Somebody stopped it, or the API stopped. */
        STOPPED,
        /** It could not go on. */
        FAILED;

        /** The word for it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Nothing read yet. */
    public static ReplayProgress begun(long startedAtMs) {
        return new ReplayProgress(State.RUNNING, startedAtMs, 0, 0, Repeated.NONE, 0, "");
    }
}
