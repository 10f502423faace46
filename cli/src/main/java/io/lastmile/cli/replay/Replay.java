package io.lastmile.cli.replay;

import io.lastmile.cli.CommandException;
import io.lastmile.node.Clock;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a source reads, decides about it, and passes it on at a rate; says how far it is, and
 * keeps that in a file. One thread.
 */
final class Replay {
    private static final long SAVE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long SAY_NS = TimeUnit.SECONDS.toNanos(5);

    private final String name;
    private final Repeats repeats;
    private final Target target;
    private final @Nullable Pace pace;
    private final @Nullable Path file;
    private final Clock clock;
    private final PrintWriter err;
    private final Progress begun;
    private final Map<Integer, Long> positions;
    private final Totals totals = new Totals();
    private long savedNs;
    private long saidNs;

    /**
     * Begins, or goes on, at the progress's positions.
     *
     * @param pace null for as fast as it goes
     * @param file for the progress; null where there is nothing to resume
     */
    Replay(
            String name,
            Repeats repeats,
            Target target,
            @Nullable Pace pace,
            @Nullable Path file,
            Progress begun,
            Clock clock,
            PrintWriter err) {
        this.name = name;
        this.repeats = repeats;
        this.target = target;
        this.pace = pace;
        this.file = file;
        this.begun = begun;
        this.clock = clock;
        this.err = err;
        this.positions = new TreeMap<>(begun.positions());
        savedNs = clock.nanoTime();
        saidNs = savedNs;
        save();
    }

    Progress begun() {
        return begun;
    }

    /** A message that was read and is meant. */
    void take(Message read, MessageId place, long acceptedAtMs, boolean isMisplaced) {
        long firstRead = begun.starts().getOrDefault(place.partition(), 0L);
        Message copy = repeats.of(read, place, firstRead, isMisplaced).orElse(null);
        if (copy == null) {
            return;
        }
        if (pace != null) {
            await(pace.next(clock.nanoTime()));
        }
        MessageId id = copy.replayOf();
        target.add(id == null ? place : id, acceptedAtMs, copy);
        totals.add(read.device(), acceptedAtMs, copy);
    }

    /** Something was read that is no message. */
    void skip() {
        repeats.skip();
    }

    /** All before this position has been taken. */
    void readTo(int partition, long position) {
        positions.put(partition, position);
        long nowNs = clock.nanoTime();
        if (nowNs - savedNs >= SAVE_NS) {
            settle();
            savedNs = clock.nanoTime();
        }
        if (nowNs - saidNs >= SAY_NS) {
            saidNs = nowNs;
            err.println(
                    "replay %s: %s, %d %% read"
                            .formatted(
                                    name,
                                    Totals.counted(messagesSoFar(), "message"),
                                    percentRead()));
            err.flush();
        }
    }

    private long messagesSoFar() {
        return begun.messages() + totals.messages();
    }

    private long percentRead() {
        long all = 0;
        long read = 0;
        for (Map.Entry<Integer, Long> end : begun.ends().entrySet()) {
            long start = begun.starts().getOrDefault(end.getKey(), 0L);
            all += Math.max(0, end.getValue() - start);
            long position = positions.getOrDefault(end.getKey(), start);
            read += Math.max(0, Math.min(end.getValue(), position) - start);
        }
        return all == 0 ? 100 : read * 100 / all;
    }

    /** Waits until what was taken is safe, and remembers that. */
    Totals settle() {
        target.settle();
        save();
        return totals;
    }

    long skipped() {
        return repeats.skipped();
    }

    private void save() {
        if (file != null) {
            new Progress(
                            begun.arguments(),
                            begun.starts(),
                            positions,
                            begun.ends(),
                            messagesSoFar(),
                            begun.bytes() + totals.bytes())
                    .write(file);
        }
    }

    private void await(long waitNs) {
        try {
            TimeUnit.NANOSECONDS.sleep(waitNs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandException.failed("interrupted");
        }
    }
}
