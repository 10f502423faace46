package io.lastmile.router.heart;

import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.ArrivalRecord;
import java.util.HashMap;
import java.util.Map;

/**
 * The misplaced messages that owners of other partitions have appended to this one. Each counts
 * once: an owner appends them in the order in which they stood in its partition, so that one that
 * does not stand above the last is a copy.
 */
final class Arrivals {
    private final Map<Integer, ArrivalRecord> lastByPartition;
    private final Ledger ledger;

    /** With what a predecessor knew. */
    Arrivals(Map<Integer, ArrivalRecord> restored, Ledger ledger) {
        this.lastByPartition = new HashMap<>(restored);
        this.ledger = ledger;
    }

    /**
     * Takes a message in, unless it is a copy of one that arrived before; says whether it did.
     *
     * @param origin its first id, in another partition
     * @param offset where it stands in this one; what stands at or below the last arrival is read
     *     again, and was taken: a copy would be settled
     */
    boolean take(MessageId origin, long offset) {
        ArrivalRecord last = lastByPartition.get(origin.partition());
        if (last != null && offset <= last.offset()) {
            return true;
        }
        if (last != null && origin.offset() <= last.origin()) {
            return false;
        }
        ArrivalRecord arrival = new ArrivalRecord(origin.offset(), offset);
        lastByPartition.put(origin.partition(), arrival);
        ledger.write(new Write.Arrive(origin.partition(), arrival));
        return true;
    }

    /** Whether a message that was misplaced there has arrived, if it was for this partition. */
    boolean hasPassed(MessageId origin) {
        ArrivalRecord last = lastByPartition.get(origin.partition());
        return last != null && origin.offset() <= last.origin();
    }
}
