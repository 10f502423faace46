package io.lastmile.edge.socket;

/** So many a second, and a second's worth of them at once. Any thread. */
public final class Rate {
    private static final long SECOND_NS = 1_000_000_000L;

    private final long nsEach;
    private long freeAtNs;
    private boolean used;

    /** From 1 to a thousand million a second. */
    public Rate(int perSecond) {
        nsEach = SECOND_NS / perSecond;
    }

    /** Whether there is room for one more now, which then is taken. */
    public synchronized boolean take(long nowNs) {
        if (!used || freeAtNs - nowNs < 0) {
            used = true;
            freeAtNs = nowNs; // what was not used is not kept
        }
        if (freeAtNs - nowNs >= SECOND_NS) {
            return false;
        }
        freeAtNs += nsEach;
        return true;
    }

    /** When there is room for one more: in so many nanoseconds, 0 for now. */
    public synchronized long freeInNs(long nowNs) {
        return used ? Math.max(0, freeAtNs - nowNs - SECOND_NS + 1) : 0;
    }
}
