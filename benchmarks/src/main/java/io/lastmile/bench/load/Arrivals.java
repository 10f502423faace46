package io.lastmile.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The end of a round, when nothing more is sent. */
public final class Arrivals {
    /** Long: what is late must not count as lost. */
    private static final long WITHIN_NS = TimeUnit.MINUTES.toNanos(2);

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private Arrivals() {}

    /** Waits until all are there, or for so long that what is not there is lost. */
    public static void await(BooleanSupplier complete) {
        long endNs = System.nanoTime() + WITHIN_NS;
        while (!complete.getAsBoolean() && System.nanoTime() < endNs) {
            LockSupport.parkNanos(LOOK_NS);
        }
    }
}
