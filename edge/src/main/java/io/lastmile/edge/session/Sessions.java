package io.lastmile.edge.session;

import io.lastmile.wire.DeviceId;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one incarnation of an edge, by number and by device. Any number of event loops
 * may use it; a session is added, and removed, by its own.
 *
 * <p>A number is to be issued and its session added in one task of one event loop. Then an answer
 * to an owner that reads {@link #highestIssued} first and collects each loop's sessions by a task
 * on that loop misses no session at or below the number.
 */
public final class Sessions<S extends Session> {
    private final AtomicLong issued = new AtomicLong();
    private final List<ConcurrentHashMap<Long, S>> byPartition;
    private final ConcurrentHashMap<DeviceId, S> newestByDevice = new ConcurrentHashMap<>();

    /** No sessions in any of so many partitions. */
    public Sessions(int partitions) {
        byPartition =
                IntStream.range(0, partitions)
                        .mapToObj(p -> new ConcurrentHashMap<Long, S>())
                        .toList();
    }

    /** The next session number, from 1. */
    public long issue() {
        return issued.incrementAndGet();
    }

    /** The highest number given out, 0 where there is none. */
    public long highestIssued() {
        return issued.get();
    }

    /**
     * Adds a session, which is now its device's newest here.
     *
     * @return the one that was the newest before and is still held
     */
    public @Nullable S add(S session) {
        byPartition.get(session.partition()).put(session.number(), session);
        while (true) {
            S older = newestByDevice.putIfAbsent(session.device(), session);
            if (older == null || older.number() > session.number()) {
                return null;
            }
            if (newestByDevice.replace(session.device(), older, session)) {
                return older;
            }
        }
    }

    /** Forgets a session once its {@code ended} is confirmed; a newer one of its device stays. */
    public void remove(S session) {
        byPartition.get(session.partition()).remove(session.number(), session);
        newestByDevice.remove(session.device(), session);
    }

    /** The session of that number in a partition. */
    public @Nullable S find(int partition, long number) {
        return partition < 0 || partition >= byPartition.size()
                ? null
                : byPartition.get(partition).get(number);
    }

    /** The newest session of a device here; it may be ending. */
    public @Nullable S newest(DeviceId device) {
        return newestByDevice.get(device);
    }

    /** The sessions of a partition, those that are ending too; a live view. */
    public Collection<S> inPartition(int partition) {
        return Collections.unmodifiableCollection(byPartition.get(partition).values());
    }

    /** How many are held. */
    public int size() {
        return byPartition.stream().mapToInt(ConcurrentHashMap::size).sum();
    }
}
