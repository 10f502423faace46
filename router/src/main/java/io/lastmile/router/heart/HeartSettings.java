package io.lastmile.router.heart;

/**
 * The bounds that a heart keeps.
 *
 * @param windowMessages the most unacknowledged in one session, 1 to 1,000
 * @param inboxMessagesMax the most unsettled of one device; beyond it the oldest overflows
 * @param ttlDefaultMs of a message that says nothing
 * @param ttlMaxMs what a longer ttl is cut to
 * @param commitIntervalMs from one transaction to the next, while there is always something
 * @param parkAfterMs how long an unsettled message may hold the watermark back
 * @param takeOverWaitMs how long a new session waits for the {@code ended} of an older one
 * @param cutOffTakeOverWaitMs the same where the older one's edge is cut off, and cannot be told to
 *     close it: all that it wrote before it died is in the log before the newer {@code opened}
 * @param edgesWaitMs how long a new owner waits for edges to answer, at the most, before it ends
 *     messages by itself
 * @param connectedGraceMs how long a message with ttl 0 may wait for its device's session
 * @param idempotencyWindowMs how long an idempotency key is remembered
 * @param idempotencyKeysMax the most keys remembered; beyond it the oldest is forgotten early
 * @param runAheadMessages the most messages between the committed watermark and the read position
 * @param payloadBytesMax the longest payload; a message with a longer one is rejected
 * @param loadBytesMax the most bytes of bodies that are being read back from the log at once
 */
public record HeartSettings(
        int windowMessages,
        int inboxMessagesMax,
        long ttlDefaultMs,
        long ttlMaxMs,
        long commitIntervalMs,
        long parkAfterMs,
        long takeOverWaitMs,
        long cutOffTakeOverWaitMs,
        long edgesWaitMs,
        long connectedGraceMs,
        long idempotencyWindowMs,
        int idempotencyKeysMax,
        int runAheadMessages,
        int payloadBytesMax,
        long loadBytesMax) {
    /** The defaults of the manual. */
    public static HeartSettings defaults() {
        return new HeartSettings(
                16,
                100,
                259_200_000,
                2_419_200_000L,
                100,
                2_000,
                5_000,
                1_000,
                60_000,
                1_000,
                600_000,
                50_000,
                20_000,
                256 << 10,
                2L << 20);
    }
}
