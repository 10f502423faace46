package io.lastmile.router.heart;

/**
 * When a partition's next transaction is due. One that has had nothing to write for an interval
 * writes at once; one that always has something writes once an interval, at a moment in it that
 * depends on its number. All partitions of a router have the same clock, so that otherwise all of
 * them would commit together and messages would wait behind that every time.
 */
final class CommitPace {
    /** Its multiples, less their whole part, lie far apart, however many there are. */
    private static final double GOLDEN_RATIO = (Math.sqrt(5) + 1) / 2;

    private final long intervalMs;
    private final long phaseMs;
    private long slotMs;

    /** As if a transaction had begun now. */
    CommitPace(int partition, long intervalMs, long nowMs) {
        double turns = partition * GOLDEN_RATIO;
        this.intervalMs = intervalMs;
        this.phaseMs = (long) ((turns - Math.floor(turns)) * intervalMs);
        this.slotMs = nowMs;
    }

    boolean isDue(long nowMs) {
        return nowMs - slotMs >= intervalMs;
    }

    /** A transaction begins. The next is due at the partition's next moment. */
    void began(long nowMs) {
        slotMs = nowMs - Math.floorMod(nowMs - phaseMs, intervalMs);
    }
}
