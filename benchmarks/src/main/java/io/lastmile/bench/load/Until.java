package io.lastmile.bench.load;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for a condition, bounded, or for time to pass. */
public final class Until {
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private Until() {}

    /**
     * Waits until the condition holds.
     *
     * @param what is waited for, as it stands in the message where it does not come
     * @throws IllegalStateException where it does not hold in time, or the thread is interrupted
     */
    public static void holds(String what, Duration atMost, BooleanSupplier condition) {
        long endNs = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNs > 0) {
                throw new IllegalStateException(
                        "waited " + atMost.toSeconds() + " s in vain: " + what);
            }
            if (Thread.interrupted()) {
                throw new IllegalStateException("interrupted while waiting: " + what);
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    /**
     * Waits until the time has passed.
     *
     * @throws IllegalStateException where the thread is interrupted
     */
    public static void passed(Duration time) {
        long endNs = System.nanoTime() + time.toNanos();
        holds(time + " pass", time.plusMinutes(1), () -> System.nanoTime() - endNs >= 0);
    }
}
