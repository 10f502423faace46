package io.lastmile.router.heart;

/** The bounds that a heart keeps. */
public record HeartSettings(
        Inbox inbox, Ttl ttl, Pace pace, Waits waits, Keys keys, Bodies bodies, Channels channels) {
    /**
     * Of one device.
     *
     * @param windowMessages the most unacknowledged in one session, 1 to 1,000
     * @param messagesMax the most unsettled of one device; beyond it the oldest overflows
     */
    public record Inbox(int windowMessages, int messagesMax) {}

    /**
     * How long messages live.
     *
     * @param defaultMs of a message that says nothing
     * @param maxMs what a longer ttl is cut to
     * @param graceMs how long a message with ttl 0 may wait for its device's session
     */
    public record Ttl(long defaultMs, long maxMs, long graceMs) {}

    /**
     * How an owner goes forward.
     *
     * @param commitIntervalMs from one transaction to the next, while there is always something
     * @param parkAfterMs how long an unsettled message may hold the watermark back
     * @param runAheadMessages the most messages between the committed watermark and the read
     *     position
     */
    public record Pace(long commitIntervalMs, long parkAfterMs, int runAheadMessages) {}

    /**
     * How long others are waited for.
     *
     * @param takeOverMs how long a new session waits for the {@code ended} of an older one
     * @param cutOffTakeOverMs the same where the older one's edge is cut off, and cannot be told to
     *     close it: all that it wrote before it died is in the log before the newer {@code opened}
     * @param edgesMs how long a new owner waits for edges to answer, at the most, before it ends
     *     messages by itself
     */
    public record Waits(long takeOverMs, long cutOffTakeOverMs, long edgesMs) {}

    /**
     * Idempotency keys.
     *
     * @param windowMs how long one is remembered
     * @param max the most remembered; beyond it the oldest is forgotten early
     */
    public record Keys(long windowMs, int max) {}

    /**
     * Bodies of messages.
     *
     * @param bytesMax the longest payload; a message with a longer one is rejected
     * @param loadBytesMax the most bytes that are being read back from the log at once
     */
    public record Bodies(int bytesMax, long loadBytesMax) {}

    /**
     * Channels and broadcasts.
     *
     * @param perDeviceMax the most channels that one device is in; more are not joined
     * @param waitingMax the most broadcasts of one audience that wait; beyond it the oldest
     *     overflows
     * @param eachMax up to so many members in the partition each has a receipt of its own, where a
     *     broadcast does not say
     * @param sliceMembers how many members are looked at before somebody else's turn comes
     * @param historyMax how many complete broadcasts are kept for questions
     * @param numberReuseAfterMs how long the number of a former member is given to nobody
     */
    public record Channels(
            int perDeviceMax,
            int waitingMax,
            int eachMax,
            int sliceMembers,
            int historyMax,
            long numberReuseAfterMs) {}

    /** The defaults of the manual, which takes them from here. */
    public static HeartSettings defaults() {
        return new HeartSettings(
                new Inbox(16, 100),
                new Ttl(259_200_000, 2_419_200_000L, 1_000),
                new Pace(250, 2_000, 20_000),
                new Waits(5_000, 1_000, 60_000),
                new Keys(600_000, 50_000),
                new Bodies(256 << 10, 2L << 20),
                new Channels(100, 10, 1_000, 1_024, 200, 8L * 24 * 3_600_000));
    }
}
