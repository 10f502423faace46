package io.lastmile.router.kafka;

import io.lastmile.node.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The partitions that the group has given to others, and that this router serves until they have
 * claimed them. What nobody claims in time, or nobody is there to claim, gets a last checkpoint.
 *
 * <p>Safe for use by several threads.
 */
final class LettingGo {
    /** A claim waits for a heartbeat in the group, and reads what is parked. */
    private static final Duration CLAIMED_WITHIN = Duration.ofSeconds(5);

    private static final Duration CHECKPOINT_WITHIN = Duration.ofSeconds(5);

    private final BooleanSupplier hasSuccessor;
    private final ExecutorService workers;
    private final ScheduledExecutorService timer;
    private final Consumer<OwnedPartition> handedOver;
    private final Clock clock;
    private final Set<OwnedPartition> leaving = new HashSet<>();

    /**
     * Nothing is let go yet.
     *
     * @param hasSuccessor whether another router is there to own what is let go
     * @param handedOver told of a partition after its last checkpoint; calls {@link #left}
     */
    LettingGo(
            BooleanSupplier hasSuccessor,
            ExecutorService workers,
            ScheduledExecutorService timer,
            Consumer<OwnedPartition> handedOver,
            Clock clock) {
        this.hasSuccessor = hasSuccessor;
        this.workers = workers;
        this.timer = timer;
        this.handedOver = handedOver;
        this.clock = clock;
    }

    /** It is another's soon. Returns at once. */
    void letGo(OwnedPartition mine) {
        synchronized (leaving) {
            leaving.add(mine);
        }
        Duration wait = hasSuccessor.getAsBoolean() ? CLAIMED_WITHIN : Duration.ZERO;
        var _ =
                timer.schedule(
                        () -> workers.execute(() -> handOver(mine)),
                        wait.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    boolean isLeaving(OwnedPartition mine) {
        synchronized (leaving) {
            return leaving.contains(mine);
        }
    }

    /** It is owned no more. */
    void left(OwnedPartition mine) {
        synchronized (leaving) {
            leaving.remove(mine);
            leaving.notifyAll();
        }
    }

    private void handOver(OwnedPartition mine) {
        if (!isLeaving(mine)) {
            return;
        }
        try {
            mine.handOver(CHECKPOINT_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        handedOver.accept(mine);
    }

    /** Waits, bounded, until all that was let go has left. */
    void awaitAllLeft() {
        long untilNs = clock.nanoTime() + CLAIMED_WITHIN.plus(CHECKPOINT_WITHIN).toNanos();
        synchronized (leaving) {
            try {
                long leftNs = untilNs - clock.nanoTime();
                while (!leaving.isEmpty() && leftNs > 0) {
                    TimeUnit.NANOSECONDS.timedWait(leaving, leftNs);
                    leftNs = untilNs - clock.nanoTime();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
