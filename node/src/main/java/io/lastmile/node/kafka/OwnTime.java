package io.lastmile.node.kafka;

import io.lastmile.node.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A node's now, which no clock of another machine decides: the append time of its own last
 * heartbeat plus the monotonic time since. It never goes back and never stands still: where it is
 * ahead of its heartbeat, because {@code nodes} moved to a broker whose clock is behind, it runs at
 * half speed until that has caught up. Any thread.
 */
public final class OwnTime {
    private static final long NS_PER_MS = 1_000_000;

    /**
     * Where now is counted from.
     *
     * @param aheadMs how much later than the append time it was then, at least 0
     */
    private record Anchor(long appendedAtMs, long confirmedAtNs, long aheadMs) {
        long nowMs(long nanoTime) {
            long sinceMs = (nanoTime - confirmedAtNs) / NS_PER_MS;
            return appendedAtMs + sinceMs + Math.max(0, aheadMs - sinceMs / 2);
        }
    }

    private final Clock clock;
    private final AtomicLong highestMs = new AtomicLong(Long.MIN_VALUE);
    private volatile @Nullable Anchor anchor;

    /** Unknown until the first heartbeat is confirmed. */
    public OwnTime(Clock clock) {
        this.clock = clock;
    }

    /** What it counts with. */
    Clock clock() {
        return clock;
    }

    /**
     * A heartbeat was confirmed. One thread.
     *
     * @param appendedAtMs by the broker, since the epoch
     * @param confirmedAtNs by {@link Clock#nanoTime()}. The append came before it: counting from
     *     here makes now late by the way back, and a message expires that much late, never early.
     */
    public void confirmed(long appendedAtMs, long confirmedAtNs) {
        Anchor before = anchor;
        long aheadMs = before == null ? 0 : before.nowMs(confirmedAtNs) - appendedAtMs;
        anchor = new Anchor(appendedAtMs, confirmedAtNs, Math.max(0, aheadMs));
    }

    /** Whether a heartbeat was ever confirmed. */
    public boolean isKnown() {
        return anchor != null;
    }

    /**
     * Now, in ms since the epoch.
     *
     * @throws IllegalStateException before the first heartbeat is confirmed
     */
    public long nowMs() {
        Anchor from = anchor;
        if (from == null) {
            throw new IllegalStateException("no heartbeat is confirmed yet");
        }
        return highestMs.accumulateAndGet(from.nowMs(clock.nanoTime()), Math::max);
    }

    /** How long ago the last confirmation came; null where none ever did. */
    public @Nullable Duration sinceConfirmed() {
        Anchor from = anchor;
        return from == null ? null : Duration.ofNanos(clock.nanoTime() - from.confirmedAtNs);
    }

    /** Whether a heartbeat was confirmed within this time. */
    public boolean confirmedWithin(Duration time) {
        Duration since = sinceConfirmed();
        return since != null && since.compareTo(time) <= 0;
    }
}
