package io.lastmile.bench.stadium;

import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.SummaryRecord;
import java.util.BitSet;

/** Which devices' copies of the latest broadcast have a receipt, bit by bit. Any thread. */
final class CopyReceipts {
    private final BitSet devices = new BitSet();
    private final BitSet[] membersByPartition;
    private long delivered;
    private long surplus;
    private long latestNs;

    CopyReceipts(int partitions) {
        membersByPartition = new BitSet[partitions];
        for (int i = 0; i < partitions; i++) {
            membersByPartition[i] = new BitSet();
        }
    }

    /** The next broadcast is posted; the one before is complete. */
    synchronized void expect() {
        devices.clear();
        for (BitSet members : membersByPartition) {
            members.clear();
        }
        delivered = 0;
    }

    /** A copy has a receipt of its own. */
    synchronized void settled(int device, Outcome outcome) {
        count(devices, device, outcome);
    }

    /** Many copies have one. */
    synchronized void settled(SummaryRecord summary) {
        BitSet members = membersByPartition[summary.mark().partition()];
        for (int member : summary.members()) {
            count(members, member, summary.outcome());
        }
    }

    private void count(BitSet settled, int bit, Outcome outcome) {
        if (settled.get(bit)) {
            surplus++;
        } else {
            settled.set(bit);
            delivered += outcome == Outcome.DELIVERED ? 1 : 0;
        }
        latestNs = System.nanoTime();
    }

    /** How many copies of the latest broadcast have a receipt that says delivered. */
    synchronized long delivered() {
        return delivered;
    }

    /** How many receipts came, of all broadcasts, for a copy that had one. */
    synchronized long surplus() {
        return surplus;
    }

    /** When the latest receipt was read, {@link System#nanoTime}. */
    synchronized long latestNs() {
        return latestNs;
    }
}
