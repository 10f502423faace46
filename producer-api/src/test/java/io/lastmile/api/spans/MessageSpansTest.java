package io.lastmile.api.spans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageSpansTest {
    private static final long TEN = 1_794_996_000_000L;
    private static final TraceParent PARENT =
            new TraceParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true);
    private static final SessionId SESSION = new SessionId(new Incarnation("edge-1", 5), 9);

    private static List<Span> spans(ReceiptRecord receipt) {
        return MessageSpans.of(PARENT, new DeviceId("phone-7"), receipt);
    }

    private static ReceiptRecord receipt(
            Outcome outcome, long routedAtMs, long sentAtMs, long acknowledgedAtMs, String detail) {
        return new ReceiptRecord(
                new MessageId(3, 42),
                42,
                outcome,
                outcome == Outcome.DELIVERED ? SESSION : null,
                TEN,
                routedAtMs,
                sentAtMs,
                acknowledgedAtMs,
                TEN + 300,
                1,
                Proof.NONE,
                0,
                detail,
                null,
                null);
    }

    private static List<String> times(List<Span> spans) {
        return spans.stream()
                .map(s -> s.name() + " " + (s.beginMs() - TEN) + ".." + (s.endMs() - TEN))
                .toList();
    }

    @Test
    void aDeliveredMessageHasEachStage() {
        List<Span> spans = spans(receipt(Outcome.DELIVERED, TEN + 5, TEN + 30, TEN + 250, ""));
        assertEquals(
                List.of(
                        "lastmile message 0..300",
                        "lastmile route 0..5",
                        "lastmile send 5..30",
                        "lastmile acknowledge 30..250",
                        "lastmile settle 250..300"),
                times(spans));
        Span whole = spans.getFirst();
        assertEquals(PARENT.spanId(), whole.parentId());
        assertEquals("", whole.problem());
        assertEquals("edge-1", whole.attributes().get("lastmile.edge"));
        for (Span part : spans.subList(1, spans.size())) {
            assertEquals(whole.spanId(), part.parentId());
            assertEquals(PARENT.traceId(), part.traceId());
        }
        assertEquals(5, spans.stream().map(Span::spanId).distinct().count());
    }

    @Test
    void oneThatWasNotDeliveredSaysWhyAndHasTheStagesThatItReached() {
        List<Span> spans =
                spans(
                        receipt(
                                Outcome.EXPIRED,
                                TEN + 5,
                                ReceiptRecord.NEVER,
                                ReceiptRecord.NEVER,
                                "time to live ended"));
        assertEquals(List.of("lastmile message 0..300", "lastmile route 0..5"), times(spans));
        assertEquals("expired: time to live ended", spans.getFirst().problem());
    }

    @Test
    void clocksThatDifferMakeNoSpanThatEndsBeforeItBegins() {
        assertEquals(
                List.of(
                        "lastmile message 0..310",
                        "lastmile route 0..0",
                        "lastmile send -60..30",
                        "lastmile acknowledge 30..310",
                        "lastmile settle 310..310"),
                times(spans(receipt(Outcome.DELIVERED, TEN - 60, TEN + 30, TEN + 310, ""))));
    }

    @Test
    void aReceiptThatIsReadTwiceMakesTheSameSpans() {
        ReceiptRecord receipt = receipt(Outcome.DELIVERED, TEN + 5, TEN + 30, TEN + 250, "");
        assertEquals(spans(receipt), spans(receipt));
        TraceParent other = new TraceParent(PARENT.traceId(), "00f067aa0ba902b7", true);
        assertNotEquals(
                spans(receipt).getFirst().spanId(),
                MessageSpans.of(other, new DeviceId("phone-7"), receipt).getFirst().spanId());
    }
}
