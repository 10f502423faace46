package io.lastmile.node.replay;

import io.lastmile.node.Clock;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a source reads, decides about it, and passes it on at a rate. One thread, but {@link
 * #stop}.
 */
public final class Replay {
    private static final long STOP_WITHIN_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Repeats repeats;
    private final Target target;
    private final @Nullable Pace pace;
    private final Course begun;
    private final Clock clock;
    private final Consumer<Replay> watcher;
    private final Map<Integer, Long> positions;
    private final Totals totals = new Totals();
    private volatile boolean stopped;

    /**
     * Begins, or goes on.
     *
     * @param pace null for as fast as it goes
     * @param watcher is told after each record, by the same thread
     */
    public Replay(
            Repeats repeats,
            Target target,
            @Nullable Pace pace,
            Course begun,
            Clock clock,
            Consumer<Replay> watcher) {
        this.repeats = repeats;
        this.target = target;
        this.pace = pace;
        this.begun = begun;
        this.clock = clock;
        this.watcher = watcher;
        this.positions = new TreeMap<>(begun.positions());
    }

    /** From where to where, and where this one began. */
    public Course begun() {
        return begun;
    }

    /** How far it is. What is before its positions has been taken; it is safe once settled. */
    public Course course() {
        return begun.at(positions);
    }

    /** A message that was read and is meant. */
    public void take(Message read, MessageId place, long acceptedAtMs, boolean isMisplaced) {
        Message copy =
                repeats.of(read, place, begun.start(place.partition()), isMisplaced).orElse(null);
        if (copy == null || !isDue()) {
            return;
        }
        MessageId id = copy.replayOf();
        target.add(id == null ? place : id, acceptedAtMs, copy);
        totals.add(read.device(), acceptedAtMs, copy);
    }

    /** Something was read that is no message. */
    public void skip() {
        repeats.skip();
    }

    /** All before this position has been taken. */
    public void readTo(int partition, long position) {
        if (!stopped) {
            positions.put(partition, position);
            watcher.accept(this);
        }
    }

    /** Waits until what was taken is safe. */
    public void settle() {
        target.settle();
    }

    /** What was taken since it began. */
    public Totals totals() {
        return totals;
    }

    /** How many were read and not sent: cancels, repetitions, what cannot be understood. */
    public long skipped() {
        return repeats.skipped();
    }

    /** Takes nothing more, soon. Any thread. */
    public void stop() {
        stopped = true;
    }

    /** Whether it takes nothing more. Any thread. */
    public boolean isStopped() {
        return stopped;
    }

    /** Waits for its turn; false where it is stopped. */
    private boolean isDue() {
        long waitNs = pace == null ? 0 : pace.next(clock.nanoTime());
        try {
            while (waitNs > 0 && !stopped) {
                TimeUnit.NANOSECONDS.sleep(Math.min(waitNs, STOP_WITHIN_NS));
                waitNs -= STOP_WITHIN_NS;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplayFailedException("interrupted");
        }
        return !stopped;
    }
}
