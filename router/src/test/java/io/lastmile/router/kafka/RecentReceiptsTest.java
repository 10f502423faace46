package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentReceiptsTest {
    private static final DeviceId PHONE = new DeviceId("phone");
    private static final int PARTITIONS = 16;
    private static final int PER_PARTITION = 4_096;

    private final RecentReceipts receipts = new RecentReceipts(PARTITIONS);

    private static ReceiptRecord receipt(MessageId id, Outcome outcome, long settledAtMs) {
        return new ReceiptRecord(
                id,
                id.offset(),
                outcome,
                null,
                1,
                2,
                ReceiptRecord.NEVER,
                ReceiptRecord.NEVER,
                settledAtMs,
                0,
                Proof.NONE,
                0,
                "",
                null,
                null);
    }

    @Test
    void aReceiptIsKnownUntilItsPlaceIsTaken() {
        MessageId first = new MessageId(3, 7);
        receipts.add(PHONE, receipt(first, Outcome.EXPIRED, 5));
        for (long later = 1; later < PER_PARTITION; later++) {
            receipts.add(
                    PHONE, receipt(new MessageId(3, first.offset() + later), Outcome.EXPIRED, 6));
        }
        assertTrue(receipts.json(first).orElseThrow().contains("\"outcome\":\"expired\""));
        MessageId last = new MessageId(3, first.offset() + PER_PARTITION);
        receipts.add(PHONE, receipt(last, Outcome.EXPIRED, 7));
        assertEquals(Optional.empty(), receipts.json(first));
        assertTrue(receipts.json(last).orElseThrow().contains("\"device\":\"phone\""));
    }

    @Test
    void whatNobodySettledHereIsNotKnown() {
        receipts.add(PHONE, receipt(new MessageId(3, 7), Outcome.DELIVERED, 5));
        assertEquals(Optional.empty(), receipts.json(new MessageId(4, 7)));
        assertEquals(Optional.empty(), receipts.json(new MessageId(PARTITIONS, 7)));
        assertEquals(Optional.empty(), receipts.lastDelivered(new DeviceId("phon")));
        assertEquals(Optional.empty(), receipts.lastDelivered(new DeviceId("phona")));
    }

    @Test
    void theLatestDeliveredIsFound() {
        receipts.add(PHONE, receipt(new MessageId(3, 7), Outcome.DELIVERED, 50));
        receipts.add(PHONE, receipt(new MessageId(3, 8), Outcome.DELIVERED, 60));
        receipts.add(PHONE, receipt(new MessageId(3, 9), Outcome.EXPIRED, 70));
        receipts.add(new DeviceId("other"), receipt(new MessageId(3, 10), Outcome.DELIVERED, 80));
        MessageId latest = receipts.lastDelivered(PHONE).orElseThrow().id();
        assertEquals(new MessageId(3, 8), latest);
    }

    @Test
    void anIdFromElsewhereDoesNoHarm() {
        receipts.add(PHONE, receipt(new MessageId(PARTITIONS, 7), Outcome.DELIVERED, 5));
        assertEquals(Optional.empty(), receipts.lastDelivered(PHONE));
    }
}
