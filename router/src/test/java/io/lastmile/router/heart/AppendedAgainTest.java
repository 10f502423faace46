package io.lastmile.router.heart;

import static io.lastmile.router.heart.Heartbench.EDGE_A;
import static io.lastmile.router.heart.Heartbench.PHONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.Control;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.ArrivalRecord;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ParkedRecord;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What an owner appends again still has its key, its time and its place among the others.
 *
 * <p>Long because each case reads from the start.
 */
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

    /** A scheduled message falls due; what its owner appends again, as it will be read. */
    private static Message due(Heartbench bench, long ms) {
        bench.tick(ms);
        bench.loadBodies();
        return asRead(again(bench.commit()));
    }

    private static Message cancel(MessageId id) {
        Message message = Message.plain(PHONE, Payload.EMPTY);
        return new Message(
                PHONE,
                message.payload(),
                null,
                Message.ABSENT,
                null,
                Urgency.NORMAL,
                null,
                Message.ABSENT,
                id == null ? null : new Control.Cancel(id),
                null,
                Message.ABSENT,
                null,
                null,
                List.of());
    }

    private static List<MessageId> waiting(Heartbench bench) {
        return bench.heart.device(PHONE).map(DeviceView::unsettled).orElse(List.of()).stream()
                .map(view -> view.facts().id())
                .toList();
    }

    @Test
    void aMessageIsKnownAllTheTimeWhileItIsAppendedAgain() {
        Heartbench bench = new Heartbench().answered();
        bench.message(message(null, null, Heartbench.START_MS + 10));
        bench.commit();
        Message again = due(bench, 10);
        assertEquals(List.of(new MessageId(0, 0)), waiting(bench));
        bench.message(again);
        assertEquals(List.of(new MessageId(0, 0)), waiting(bench));
        List<Write> writes = bench.commit();
        assertEquals(1, Heartbench.count(writes, Write.Unpark.class), "under its old offset");
        assertEquals(1, Heartbench.count(writes, Write.Park.class), "under its new one");
    }

    @Test
    void aMessageCanBeTakenBackWhileItIsAppendedAgain() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message(message(null, null, Heartbench.START_MS + 10));
        bench.commit();
        Message again = due(bench, 10);
        bench.message(cancel(new MessageId(0, 0)));
        bench.message(again);
        assertEquals(List.of(Outcome.CANCELLED), Heartbench.outcomes(bench.commit()));
        assertEquals(List.of(), bench.sent());
    }

    @Test
    void aCopyOfWhatWasDueIsPassedOver() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message(message(null, null, Heartbench.START_MS + 10));
        bench.commit();
        Message again = due(bench, 10);
        bench.message(again);
        bench.message(again);
        assertEquals(List.of(1L), bench.sent());
        bench.acked(Heartbench.session(EDGE_A, 1), 1);
        bench.message(again);
        assertEquals(List.of(Outcome.DELIVERED), Heartbench.outcomes(bench.commit()));
        assertEquals(List.of(), bench.sent());
    }

    @Test
    void aCopyOfWhatWasMisplacedIsPassedOver() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        Message first = message(null, null, Message.ABSENT).appendedAgain(MISPLACED, 7);
        Message next = message(null, null, Message.ABSENT).appendedAgain(new MessageId(3, 18), 7);
        bench.message(first);
        bench.message(next);
        bench.message(first);
        assertEquals(List.of(0L, 1L), bench.sent());
        assertEquals(0, Heartbench.count(bench.commit(), Write.Receipt.class));
        assertTrue(bench.heart.hasRead(MISPLACED));
        assertFalse(bench.heart.hasRead(new MessageId(3, 19)));
    }

    @Test
    void aSuccessorKnowsWhatHasArrivedAndReadsAgainWhatWasNotParked() {
        Heartbench bench =
                new Heartbench(
                        new Restored(
                                new Positions(
                                        0,
                                        0,
                                        CheckpointRecord.BroadcastsRead.FROM_START,
                                        new long[0]),
                                0,
                                new RestoredDevices(0),
                                Map.of(),
                                Map.of(3, new ArrivalRecord(17, 1)),
                                new RestoredBroadcasts(0),
                                Set.of(EDGE_A)));
        bench.answer(EDGE_A, 0);
        bench.opened(EDGE_A, 1);
        Message first = message(null, null, Message.ABSENT).appendedAgain(new MessageId(3, 16), 7);
        Message next = message(null, null, Message.ABSENT).appendedAgain(MISPLACED, 7);
        bench.message(first);
        bench.message(next);
        bench.message(first);
        bench.message(next);
        assertEquals(List.of(0L, 1L), bench.sent());
    }

    @Test
    void aSuccessorGoesOnWithWhatItsPredecessorAppendedAgain() {
        RestoredDevices devices = new RestoredDevices(0);
        ParkedRecord parked =
                new ParkedRecord(
                        new MessageId(0, 2),
                        Heartbench.START_MS,
                        Heartbench.START_MS,
                        Heartbench.START_MS + 60_000,
                        ParkedRecord.APPENDED_AGAIN,
                        4,
                        0,
                        Urgency.NORMAL,
                        null,
                        null,
                        null);
        devices.parked(PHONE, 2, parked);
        Heartbench bench =
                new Heartbench(
                        new Restored(
                                new Positions(
                                        5,
                                        0,
                                        CheckpointRecord.BroadcastsRead.FROM_START,
                                        new long[0]),
                                0,
                                devices,
                                Map.of(),
                                Map.of(),
                                new RestoredBroadcasts(0),
                                Set.of(EDGE_A)));
        bench.answer(EDGE_A, 0);
        bench.tick(1_000);
        assertEquals(0, bench.loading(), "it is not appended again once more");
        bench.opened(EDGE_A, 1);
        bench.message(message(null, null, Message.ABSENT).appendedAgain(new MessageId(0, 2), 7));
        assertEquals(List.of(5L), bench.sent());
    }

    @Test
    void whatIsAppendedAgainAndNeverReadExpires() {
        Heartbench bench = new Heartbench().answered();
        bench.message(message(null, null, Heartbench.START_MS + 10));
        bench.commit();
        var _ = due(bench, 10);
        bench.tick(HeartSettings.defaults().ttl().defaultMs());
        assertEquals(List.of(Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
        assertEquals(List.of(), waiting(bench));
    }

    @Test
    void aMessageForLaterReplacesNothingBeforeItIsDue() {
        Heartbench bench = new Heartbench().answered();
        bench.message(message("score", null, Message.ABSENT));
        bench.message(message("score", null, Heartbench.START_MS + 10_000));
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
        Message again = due(bench, 10_000);
        assertEquals(2, waiting(bench).size());
        bench.message(again);
        assertEquals(List.of(Outcome.REPLACED), Heartbench.outcomes(bench.commit()));
        assertEquals(List.of(new MessageId(0, 1)), waiting(bench));
    }

    @Test
    void aDeviceThatConnectsMeanwhileGetsTheEarlierOne() {
        Heartbench bench = new Heartbench().answered();
        bench.message(message("score", null, Message.ABSENT));
        bench.message(message("score", null, Heartbench.START_MS + 10_000));
        bench.commit();
        bench.opened(EDGE_A, 1);
        bench.loadBodies();
        assertEquals(List.of(0L), bench.sent());
    }

    @Test
    void aMessageForNowReplacesAnEarlierOneForLater() {
        Heartbench bench = new Heartbench().answered();
        bench.message(message("score", null, Heartbench.START_MS + 10_000));
        bench.message(message("score", null, Message.ABSENT));
        assertEquals(List.of(Outcome.REPLACED), Heartbench.outcomes(bench.commit()));
        assertEquals(List.of(new MessageId(0, 1)), waiting(bench));
    }

    @Test
    void ofTwoForLaterTheOneAcceptedFirstGoesFirstWhereItIsDueFirst() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message(message("score", null, Heartbench.START_MS + 5_000));
        bench.message(message("score", null, Heartbench.START_MS + 60_000));
        bench.commit();
        bench.message(due(bench, 5_000));
        assertEquals(List.of(2L), bench.sent());
    }

    private static Message scheduled(long ttlSeconds, long notBeforeMs) {
        return new Message(
                PHONE,
                Payload.ofText("text"),
                null,
                ttlSeconds,
                null,
                Urgency.NORMAL,
                "order-7",
                notBeforeMs,
                null,
                null,
                Message.ABSENT,
                null,
                null,
                List.of());
    }

    @Test
    void whatEndsBeforeItIsDueIsRejected() {
        Heartbench bench = new Heartbench().answered();
        bench.message(scheduled(10, Heartbench.START_MS + 10_000));
        bench.message(scheduled(0, Heartbench.START_MS));
        bench.message(
                scheduled(
                        Message.ABSENT,
                        Heartbench.START_MS + HeartSettings.defaults().ttl().maxMs()));
        List<Write> writes = bench.commit();
        assertEquals(Collections.nCopies(3, Outcome.REJECTED), Heartbench.outcomes(writes));
        assertEquals(0, Heartbench.count(writes, Write.Remember.class), "the key is free");
        bench.message(scheduled(10, Heartbench.START_MS + 9_999));
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void whatSaysNoTimeToLiveHasAllOfItWhenItIsDue() {
        Heartbench bench = new Heartbench().answered();
        long ttlMs = HeartSettings.defaults().ttl().defaultMs();
        bench.message(scheduled(Message.ABSENT, Heartbench.START_MS + 2 * ttlMs));
        bench.commit();
        bench.message(due(bench, 2 * ttlMs));
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
        bench.tick(ttlMs);
        assertEquals(List.of(Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void theKeyOfAMessageThatWasTakenBackIsFree() {
        Heartbench bench = new Heartbench().answered();
        bench.message(message(null, "order-7", Message.ABSENT));
        bench.message(message(null, "order-7", Message.ABSENT));
        assertEquals(List.of(Outcome.REJECTED), Heartbench.outcomes(bench.commit()));
        bench.message(cancel(new MessageId(0, 0)));
        bench.message(message(null, "order-7", Message.ABSENT));
        bench.message(message(null, "order-7", Message.ABSENT));
        List<Write> writes = bench.commit();
        assertEquals(
                List.of(Outcome.CANCELLED, Outcome.REJECTED),
                Heartbench.outcomes(writes),
                "the third has the key now");
        assertEquals(List.of(new MessageId(0, 3)), waiting(bench));
    }

    @Test
    void theKeyOfAMessageInFlightIsNotFreeBeforeItHasComeBack() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message(message(null, "order-7", Message.ABSENT));
        bench.message(cancel(new MessageId(0, 0)));
        bench.message(message(null, "order-7", Message.ABSENT));
        assertEquals(List.of(Outcome.REJECTED), Heartbench.outcomes(bench.commit()));
        bench.ended(Heartbench.session(EDGE_A, 1));
        bench.message(message(null, "order-7", Message.ABSENT));
        assertEquals(List.of(Outcome.CANCELLED), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void whatIsDecidedIsKnownBeforeItIsCommitted() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message(message(null, null, Message.ABSENT));
        bench.acked(Heartbench.session(EDGE_A, 1), 0);
        MessageId id = new MessageId(0, 0);
        assertTrue(bench.heart.settling(id).isPresent(), "decided");
        bench.tick(1_000);
        assertTrue(bench.heart.settling(id).isPresent(), "on its way to Kafka");
        bench.heart.on(new Event.Committed());
        assertFalse(bench.heart.settling(id).isPresent(), "committed");
        assertTrue(bench.heart.hasRead(id));
        assertFalse(bench.heart.hasRead(new MessageId(0, 1)));
    }
}
