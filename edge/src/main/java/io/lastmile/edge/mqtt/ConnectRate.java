package io.lastmile.edge.mqtt;

/** So many CONNECTs a second, and a second's worth of them at once. Any thread. */
final class ConnectRate {
    private static final long SECOND_NS = 1_000_000_000L;

    private final long nsEach;
    private long freeAtNs;
    private boolean used;

    ConnectRate(int perSecond) {
        nsEach = SECOND_NS / perSecond;
    }

    /** Whether there is room for one more now, which then is taken. */
    synchronized boolean take(long nowNs) {
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
}
