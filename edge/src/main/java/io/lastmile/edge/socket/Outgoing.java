package io.lastmile.edge.socket;

/**
 * Whether a device's system takes what is on its way to it; it exists only while something is. One
 * look a sweep.
 *
 * <p>{@code TCP_USER_TIMEOUT} is not the same: while the other window is shut now and then, the
 * kernel counts it from the first probe, whatever is taken meanwhile, and so ends steady readers
 * with small buffers.
 */
final class Outgoing {
    private long written;
    private long mostTaken = Long.MIN_VALUE;
    private int sweepsWithout;

    void wrote(int bytes) {
        written += bytes;
    }

    /**
     * Looks again.
     *
     * @param left bytes that the device's system has not acknowledged
     * @return how many sweeps ago it acknowledged something last
     */
    int sweepsWithout(long left) {
        long taken = written - left;
        if (taken > mostTaken) {
            mostTaken = taken;
            sweepsWithout = 0;
        } else {
            sweepsWithout++;
        }
        return sweepsWithout;
    }
}
