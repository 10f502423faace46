package io.lastmile.node.replay;

/**
 * Says when the next of a steady stream is due. What was late is not made up for: after a pause the
 * stream goes on at its rate. One thread.
 */
public final class Pace {
    private static final long SECOND_NS = 1_000_000_000L;

    /** How far the stream may run behind before it gives the lost time up. */
    private static final long BEHIND_NS_MAX = SECOND_NS;

    private final double perSecond;
    private double dueNs = Double.NaN;

    /**
     * Begins with the first.
     *
     * @param perSecond above 0
     */
    public Pace(double perSecond) {
        this.perSecond = perSecond;
    }

    /** How long to wait before the next one, in nanoseconds; 0 where it is due. */
    public long next(long nowNs) {
        dueNs = Double.isNaN(dueNs) ? nowNs : Math.max(dueNs, (double) nowNs - BEHIND_NS_MAX);
        long waitNs = Math.max(0, (long) dueNs - nowNs);
        dueNs += SECOND_NS / perSecond;
        return waitNs;
    }
}
