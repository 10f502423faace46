package io.lastmile.bench.load;

import java.util.concurrent.locks.LockSupport;

/**
 * When each of a row of sends is due at a fixed rate. A late send does not move the later ones, and
 * latency counts from when it was due: waiting is part of what is measured.
 *
 * @param startNs when the first is due, {@link System#nanoTime}
 */
public record Pace(long startNs, double perSecond) {
    private static final double NS_PER_SECOND = 1e9;

    /** When the i-th send is due, from 0. */
    public long dueNs(long i) {
        return startNs + (long) (i * NS_PER_SECOND / perSecond);
    }

    /** Waits until the i-th send is due; returns at once where it is late. */
    public long awaitDue(long i) {
        long dueNs = dueNs(i);
        long leftNs;
        while ((leftNs = dueNs - System.nanoTime()) > 0) {
            LockSupport.parkNanos(leftNs);
        }
        return dueNs;
    }
}
