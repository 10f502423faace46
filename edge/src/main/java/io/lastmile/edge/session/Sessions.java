package io.lastmile.edge.session;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one incarnation of an edge, by partition and number. Any number of event loops
 * may use it; a session is added, and removed, by its own.
 *
 * <p>A number is to be issued and its session added in one task of one event loop. Then an answer
 * to an owner that reads {@link #highestIssued} first and collects each loop's sessions by a task
 * on that loop misses no session at or below the number.
 */
public final class Sessions {
    private final AtomicLong issued = new AtomicLong();
    private final List<KeyedTable<Long, Session>> byPartition;

    /** No sessions in any of so many partitions. */
    public Sessions(int partitions) {
        byPartition =
                IntStream.range(0, partitions)
                        .mapToObj(p -> new KeyedTable<Long, Session>(Session::number))
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

    /** Adds a session. */
    public void add(Session session) {
        var _ = byPartition.get(session.partition()).put(session);
    }

    /** Forgets a session once its {@code ended} is confirmed. */
    public void remove(Session session) {
        byPartition.get(session.partition()).remove(session);
    }

    /** The session of that number in a partition. */
    public @Nullable Session find(int partition, long number) {
        return partition < 0 || partition >= byPartition.size()
                ? null
                : byPartition.get(partition).find(number);
    }

    /** The sessions of a partition as they are now, oldest first, those that are ending too. */
    public List<Session> inPartition(int partition) {
        List<Session> all = byPartition.get(partition).all();
        all.sort(Comparator.comparingLong(Session::number));
        return all;
    }

    /** How many are held. */
    public int size() {
        return byPartition.stream().mapToInt(KeyedTable::size).sum();
    }
}
