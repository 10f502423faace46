package io.lastmile.router.heart;

/**
 * The owner's two times, as its shell told them last; neither goes back. The one since the epoch is
 * that of brokers: it may stand nearly still, or leap, and serves stamps, expiry and not-before.
 * The monotonic one serves durations, and says nothing by itself.
 */
final class Now {
    private long ms;
    private long monotonicMs;

    Now(long ms, long monotonicMs) {
        this.ms = ms;
        this.monotonicMs = monotonicMs;
    }

    /** Since the epoch. */
    long ms() {
        return ms;
    }

    /** From no particular moment. */
    long monotonicMs() {
        return monotonicMs;
    }

    void advanceTo(long nextMs, long nextMonotonicMs) {
        ms = Math.max(ms, nextMs);
        monotonicMs = Math.max(monotonicMs, nextMonotonicMs);
    }
}
