package io.lastmile.bench.load;

import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import java.util.BitSet;

/** Which messages were accepted and which have a receipt, bit by bit. Any thread. */
public final class Settlements {
    private final BitSet[] acceptedByPartition;
    private final BitSet[] settledByPartition;
    private final BitSet[] deliveredByPartition;
    private long accepted;
    private long delivered;
    private long surplus;
    private long latestNs;

    /** Nothing yet. */
    public Settlements(int partitions) {
        acceptedByPartition = new BitSet[partitions];
        settledByPartition = new BitSet[partitions];
        deliveredByPartition = new BitSet[partitions];
        for (int i = 0; i < partitions; i++) {
            acceptedByPartition[i] = new BitSet();
            settledByPartition[i] = new BitSet();
            deliveredByPartition[i] = new BitSet();
        }
    }

    /** Kafka has the message. */
    public synchronized void accepted(MessageId id) {
        acceptedByPartition[id.partition()].set(Math.toIntExact(id.offset()));
        accepted++;
    }

    /** A receipt was read. */
    public synchronized void settled(MessageId id, Outcome outcome) {
        BitSet settled = settledByPartition[id.partition()];
        int offset = Math.toIntExact(id.offset());
        if (settled.get(offset)) {
            surplus++;
        } else {
            settled.set(offset);
            if (outcome == Outcome.DELIVERED) {
                deliveredByPartition[id.partition()].set(offset);
                delivered++;
            }
        }
        latestNs = System.nanoTime();
    }

    /** How many were accepted. */
    public synchronized long accepted() {
        return accepted;
    }

    /** How many have a receipt that says delivered. */
    public synchronized long delivered() {
        return delivered;
    }

    /** How many receipts came for a message that had one. */
    public synchronized long surplus() {
        return surplus;
    }

    /** When the latest receipt was read, {@link System#nanoTime}. */
    public synchronized long latestNs() {
        return latestNs;
    }

    /** How many were accepted and have no receipt that says delivered. */
    public synchronized long undelivered() {
        long count = 0;
        for (int i = 0; i < acceptedByPartition.length; i++) {
            BitSet open = (BitSet) acceptedByPartition[i].clone();
            open.andNot(deliveredByPartition[i]);
            count += open.cardinality();
        }
        return count;
    }
}
