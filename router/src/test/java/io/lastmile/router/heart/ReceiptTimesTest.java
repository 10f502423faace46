package io.lastmile.router.heart;

import static io.lastmile.router.heart.Heartbench.EDGE_A;
import static io.lastmile.router.heart.Heartbench.PHONE;
import static io.lastmile.router.heart.Heartbench.START_MS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.wire.Message;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Brokers, edges and owners do not have quite the same time: within a receipt it never falls. */
final class ReceiptTimesTest {
    private static final long APPENDED_MS = START_MS + 40;

    /** The receipt of a message that a broker ahead of the owner took. */
    private static ReceiptRecord receipt(Heartbench bench, long sentAtMs, long ackedAtMs) {
        bench.opened(EDGE_A, 1);
        Message message = Message.plain(PHONE, Payload.ofText("text"));
        bench.heart.on(new Event.MessageRead(0, APPENDED_MS, message));
        bench.heart.timeIs(START_MS + 60, 60);
        bench.event(
                new EventRecord.Acked(
                        Heartbench.session(EDGE_A, 1),
                        List.of(new EventRecord.Ack(0, sentAtMs, ackedAtMs, Proof.PUBACK, 0))));
        return bench.commit().stream()
                .filter(Write.Receipt.class::isInstance)
                .map(write -> ((Write.Receipt) write).receipt())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theTimeBeforeAnEventCountsAndNotThatOfTheLastTick() {
        ReceiptRecord receipt = receipt(new Heartbench().answered(), START_MS + 45, START_MS + 50);
        assertEquals(APPENDED_MS, receipt.routedAtMs());
        assertEquals(START_MS + 45, receipt.sentAtMs());
        assertEquals(START_MS + 50, receipt.acknowledgedAtMs());
        assertEquals(START_MS + 60, receipt.settledAtMs());
    }

    @Test
    void timesOfAnEdgeStayBetweenThoseOfTheOwner() {
        ReceiptRecord receipt = receipt(new Heartbench().answered(), START_MS, START_MS + 500);
        assertEquals(APPENDED_MS, receipt.sentAtMs());
        assertEquals(START_MS + 60, receipt.acknowledgedAtMs());
        assertEquals(START_MS + 60, receipt.settledAtMs());
    }

    @Test
    void timesNeverFallWhateverTheClocksSay() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            Heartbench bench = new Heartbench().answered();
            bench.opened(EDGE_A, 1);
            bench.heart.timeIs(START_MS + random.nextInt(-50, 50), random.nextInt(100));
            long appendedAtMs = START_MS + random.nextInt(-100, 100);
            Message message = Message.plain(PHONE, Payload.ofText("text"));
            bench.heart.on(new Event.MessageRead(0, appendedAtMs, message));
            bench.heart.timeIs(START_MS + random.nextInt(-50, 150), random.nextInt(200));
            long sentAtMs = START_MS + random.nextInt(-200, 200);
            long ackedAtMs = START_MS + random.nextInt(-200, 200);
            bench.event(
                    new EventRecord.Acked(
                            Heartbench.session(EDGE_A, 1),
                            List.of(new EventRecord.Ack(0, sentAtMs, ackedAtMs, Proof.PUBACK, 0))));
            ReceiptRecord receipt = Heartbench.receipts(bench.commit()).getFirst();
            List<Long> times =
                    List.of(
                            receipt.acceptedAtMs(),
                            receipt.routedAtMs(),
                            receipt.sentAtMs(),
                            receipt.acknowledgedAtMs(),
                            receipt.settledAtMs());
            assertEquals(times.stream().sorted().toList(), times, "case " + i);
        }
    }
}
