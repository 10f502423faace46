package io.lastmile.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a topic: offsets, append times, transactions that are open, committed or
 * aborted, and markers that take an offset of their own. Readers are read_committed: they get to
 * the first record of an open transaction and no further, and never see what was aborted.
 */
final class SimulatedLog<T> {
    private final String name;
    private final List<Entry<T>> entries = new ArrayList<>();
    private final Map<Long, Long> cleanedAtMs = new HashMap<>();
    private final Map<Transaction, Long> firstOffsetByOpenTransaction = new LinkedHashMap<>();
    private final LongSupplier brokerNowMs;
    private long start;
    private final boolean readUncommitted;

    /**
     * A record or, without a value, a marker.
     *
     * @param transaction that it is part of, if any
     */
    record Entry<T>(
            long offset, long appendedAtMs, @Nullable T value, @Nullable Transaction transaction) {}

    /** A record that a reader gets. */
    record Read<T>(long offset, long appendedAtMs, T value) {}

    /**
     * What a reader gets at once.
     *
     * @param nextOffset where to go on: behind the last record and the holes that follow it
     */
    record Batch<T>(List<Read<T>> records, long nextOffset) {}

    /**
     * An empty log.
     *
     * @param brokerNowMs the clock of the broker that leads it
     */
    SimulatedLog(String name, LongSupplier brokerNowMs) {
        this(name, brokerNowMs, false);
    }

    /** A log whose readers see what is not committed: a planted bug. */
    SimulatedLog(String name, LongSupplier brokerNowMs, boolean readUncommitted) {
        this.name = name;
        this.brokerNowMs = brokerNowMs;
        this.readUncommitted = readUncommitted;
    }

    Entry<T> append(T value) {
        return append(value, null);
    }

    Entry<T> append(T value, @Nullable Transaction transaction) {
        Entry<T> entry = add(value, transaction);
        if (transaction != null) {
            firstOffsetByOpenTransaction.putIfAbsent(transaction, entry.offset);
        }
        return entry;
    }

    private Entry<T> add(@Nullable T value, @Nullable Transaction transaction) {
        Entry<T> entry = new Entry<>(entries.size(), brokerNowMs.getAsLong(), value, transaction);
        entries.add(entry);
        return entry;
    }

    /** Ends a decided transaction in this partition. */
    void mark(Transaction transaction) {
        add(null, transaction);
        firstOffsetByOpenTransaction.remove(transaction);
    }

    /** What read_committed readers can read to: the last stable offset. */
    long end() {
        long end = entries.size();
        if (!readUncommitted) {
            for (long first : firstOffsetByOpenTransaction.values()) {
                end = Math.min(end, first);
            }
        }
        return end;
    }

    /** Behind the last record, whether it is committed or not: the high watermark. */
    long highEnd() {
        return entries.size();
    }

    /** What stands there and is visible, also where retention has taken it; null for nothing. */
    @Nullable T look(long offset) {
        Entry<T> entry = entries.get((int) offset);
        return isVisible(entry) ? entry.value : null;
    }

    Batch<T> read(long from, int recordsMax) {
        List<Read<T>> records = new ArrayList<>();
        long end = end();
        long next = Math.max(from, start);
        while (next < end && records.size() < recordsMax) {
            Entry<T> entry = entries.get((int) next++);
            T value = entry.value;
            if (value != null && isVisible(entry)) {
                records.add(new Read<>(entry.offset, entry.appendedAtMs, value));
            }
        }
        return new Batch<>(records, next);
    }

    /** The first offset that retention has left. */
    long start() {
        return start;
    }

    /** Retention takes what is below the offset. */
    void deleteBefore(long offset) {
        start = Math.max(start, Math.min(offset, end()));
    }

    /**
     * Leaves the latest committed record of each key, and holes.
     *
     * @param recordsBeforeMs from the first record on that was not appended before, all are left
     * @param tombstonesKeptMs a tombstone is left for so long after the pass that took the older
     *     records of its key, so that whoever has read one of those gets to it
     */
    void compact(long recordsBeforeMs, long nowMs, long tombstonesKeptMs) {
        Map<Object, Long> latestByKey = new HashMap<>();
        long end = start;
        while (end < end() && isCleanable(entries.get((int) end), recordsBeforeMs)) {
            end++;
        }
        for (long at = start; at < end; at++) {
            Entry<T> entry = entries.get((int) at);
            if (entry.value instanceof Keyed keyed && isVisible(entry)) {
                latestByKey.put(keyed.key(), at);
            }
        }
        for (long at = start; at < end; at++) {
            Entry<T> entry = entries.get((int) at);
            if (entry.value instanceof Keyed keyed) {
                Long latest = latestByKey.get(keyed.key());
                boolean outlived =
                        keyed.isTombstone()
                                && nowMs - cleanedAtMs.getOrDefault(at, nowMs) > tombstonesKeptMs;
                cleanedAtMs.putIfAbsent(at, nowMs);
                if (!isVisible(entry) || latest == null || latest != at || outlived) {
                    entries.set(
                            (int) at, new Entry<>(at, entry.appendedAtMs, null, entry.transaction));
                }
            }
        }
    }

    /** Whether the cleaner goes past it: it stops at the last stable offset, as Kafka's does. */
    private static boolean isCleanable(Entry<?> entry, long recordsBeforeMs) {
        Transaction transaction = entry.transaction;
        return entry.appendedAtMs < recordsBeforeMs
                && (transaction == null || transaction.state() != Transaction.State.OPEN);
    }

    private boolean isVisible(Entry<T> entry) {
        return entry.transaction == null
                || readUncommitted
                || entry.transaction.state() == Transaction.State.COMMITTED;
    }

    @Override
    public String toString() {
        return name;
    }
}
