package io.lastmile.router.heart;

import static io.lastmile.router.heart.Heartbench.EDGE_A;
import static io.lastmile.router.heart.Heartbench.PHONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Urgency;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an owner appends again still has its key, its time and its place among the others. */
final class AppendedAgainTest {
    private static final MessageId MISPLACED = new MessageId(3, 17);

    private static Message message(
            @Nullable String collapseKey, @Nullable String idempotencyKey, long notBeforeMs) {
        return new Message(
                PHONE,
                Payload.ofText("text"),
                null,
                Message.ABSENT,
                collapseKey,
                Urgency.NORMAL,
                idempotencyKey,
                notBeforeMs,
                null,
                null,
                Message.ABSENT,
                null,
                null,
                List.of());
    }

    private static Write.Reappend again(List<Write> writes) {
        return writes.stream()
                .filter(Write.Reappend.class::isInstance)
                .map(Write.Reappend.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static Message asRead(Write.Reappend again) {
        return again.message().appendedAgain(again.origin(), again.acceptedAtMs());
    }

    @Test
    void aMisplacedMessageStillWaitsForItsTime() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        long notBeforeMs = Heartbench.START_MS + 10_000;
        bench.message(message(null, null, notBeforeMs).appendedAgain(MISPLACED, 7));
        assertEquals(List.of(), bench.sent());
        bench.commit();
        bench.tick(10_000);
        bench.commit();
        bench.loadBodies();
        Write.Reappend again = again(bench.commit());
        assertEquals(0, again.partition(), "in the device's own partition");
        assertEquals(MISPLACED, again.origin());
        bench.message(asRead(again));
        assertEquals(List.of(1L), bench.sent());
    }

    @Test
    void aMisplacedMessageStillCountsWithItsIdempotencyKey() {
        Heartbench bench = new Heartbench().answered();
        bench.message(message(null, "order-7", Message.ABSENT));
        bench.message(message(null, "order-7", Message.ABSENT).appendedAgain(MISPLACED, 7));
        assertEquals(List.of(Outcome.REJECTED), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void whatIsDueIsNotLookedAtAgain() {
        Heartbench bench = new Heartbench().answered();
        bench.message(message(null, "order-7", Heartbench.START_MS + 1));
        bench.commit();
        bench.tick(10);
        bench.loadBodies();
        Message read = asRead(again(bench.commit()));
        assertNull(read.idempotencyKey());
        assertEquals(Message.ABSENT, read.notBeforeMs());
    }

    @Test
    void anOlderMessageDoesNotReplaceTheNewerOneItComesBehind() {
        Heartbench bench = new Heartbench().answered();
        bench.message("any");
        bench.message(message("score", null, Message.ABSENT));
        bench.message(message("score", null, Message.ABSENT).appendedAgain(new MessageId(0, 0), 7));
        List<Write> writes = bench.commit();
        assertEquals(List.of(Outcome.REPLACED), Heartbench.outcomes(writes));
        bench.opened(EDGE_A, 1);
        bench.loadBodies();
        assertEquals(List.of(0L, 1L), bench.sent());
    }
}
