package io.lastmile.node.kafka;

import io.lastmile.node.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A node's now, which no clock of another machine decides: the append time of its own last
 * heartbeat plus the monotonic time since. It never goes back. Any thread.
 */
public final class OwnTime {
    private record Anchor(long appendedAtMs, long confirmedAtNs) {}

    private final Clock clock;
    private final AtomicLong highestMs = new AtomicLong(Long.MIN_VALUE);
    private volatile @Nullable Anchor anchor;

    /** Unknown until the first heartbeat is confirmed. */
    public OwnTime(Clock clock) {
        this.clock = clock;
    }

    /**
     * A heartbeat was confirmed.
     *
     * @param appendedAtMs by the broker, since the epoch
     * @param confirmedAtNs by {@link Clock#nanoTime()}. The append came before it: counting from
     *     here makes now late by the way back, and a message expires that much late, never early.
     */
    public void confirmed(long appendedAtMs, long confirmedAtNs) {
        anchor = new Anchor(appendedAtMs, confirmedAtNs);
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
        long sinceMs = (clock.nanoTime() - from.confirmedAtNs) / 1_000_000;
        return highestMs.accumulateAndGet(from.appendedAtMs + sinceMs, Math::max);
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
