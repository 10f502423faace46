package io.lastmile.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Bounds the messages that are under way: who sends waits while there are too many. Any thread. */
public final class UnderWay {
    /** Short beside the time that so many take; being woken for each would cost more. */
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final int max;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();

    /** None yet. */
    public UnderWay(int max) {
        this.max = max;
    }

    /**
     * Waits until there is room for so many, and counts them.
     *
     * @return false where that time came first, {@link System#nanoTime}
     */
    public boolean begin(int count, long untilNs) {
        while (System.nanoTime() < untilNs) {
            long before = begun.get();
            if (before + count - ended.get() > max) {
                LockSupport.parkNanos(LOOK_NS);
            } else if (begun.compareAndSet(before, before + count)) {
                return true;
            }
        }
        return false;
    }

    /** So many are there, or will never be. */
    public void end(int count) {
        ended.addAndGet(count);
    }
}
