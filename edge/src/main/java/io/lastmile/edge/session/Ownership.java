package io.lastmile.edge.session;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Who owns each partition, as far as this edge was told: the highest epoch, and the hop connection
 * that said so last. Any number of event loops may read and write.
 *
 * <p>Connections are numbered in the order in which they were opened, so that a frame which waited
 * in an older connection never counts again once its router has made the hop anew.
 */
public final class Ownership {
    /** The {@link #epoch} of a partition that nobody has claimed here. */
    public static final long UNOWNED = -1;

    private final AtomicReferenceArray<@Nullable Owner> owners;

    /** Nobody owns any of so many partitions yet. */
    public Ownership(int partitions) {
        owners = new AtomicReferenceArray<>(partitions);
    }

    /**
     * Takes the partition for an owner.
     *
     * @return false where a higher epoch is known, or the same epoch from a newer connection
     */
    public boolean own(int partition, long epoch, long connection) {
        Owner next = new Owner(epoch, connection);
        while (true) {
            Owner current = owners.get(partition);
            if (current != null
                    && (epoch < current.epoch
                            || (epoch == current.epoch && connection < current.connection))) {
                return false;
            }
            if (owners.compareAndSet(partition, current, next)) {
                return true;
            }
        }
    }

    /** Whether a frame with this epoch from this connection comes from the owner. */
    public boolean isCurrent(int partition, long epoch, long connection) {
        if (partition < 0 || partition >= owners.length()) {
            return false;
        }
        Owner current = owners.get(partition);
        return current != null && current.epoch == epoch && current.connection == connection;
    }

    /** The highest epoch known, {@link #UNOWNED} where there is none. */
    public long epoch(int partition) {
        if (partition < 0 || partition >= owners.length()) {
            return UNOWNED;
        }
        Owner current = owners.get(partition);
        return current == null ? UNOWNED : current.epoch;
    }

    /** How many partitions there are. */
    public int partitions() {
        return owners.length();
    }

    private record Owner(long epoch, long connection) {}
}
