package io.lastmile.router.heart;

import static io.lastmile.router.heart.Heartbench.EDGE_A;
import static io.lastmile.router.heart.Heartbench.EDGE_B;
import static io.lastmile.router.heart.Heartbench.PHONE;
import static io.lastmile.router.heart.Heartbench.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Transport;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One rule of the heart a test. Long because it has many rules. */
final class PartitionHeartTest {
    private static HeldSession held(long number, long openedOffset, long highestSent) {
        return new HeldSession(PHONE, number, openedOffset, highestSent);
    }

    @Test
    void aMessageForAnOpenSessionIsSentAtOnceAndItsAcknowledgementIsTheReceipt() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        assertEquals(List.of(0L), bench.sent());
        bench.acked(session(EDGE_A, 1), 0);
        List<Write> writes = bench.commit();
        assertEquals(List.of(Outcome.DELIVERED), Heartbench.outcomes(writes));
        assertEquals(1, Heartbench.checkpoint(writes).watermark());
        assertEquals(2, Heartbench.checkpoint(writes).eventsPosition());
    }

    @Test
    void aMessageForAnAbsentDeviceIsParkedAndSentWhenItComes() {
        Heartbench bench = new Heartbench().answered();
        bench.message("one");
        bench.message("two");
        List<Write> writes = bench.commit();
        assertEquals(2, Heartbench.count(writes, Write.Park.class));
        assertEquals(2, Heartbench.checkpoint(writes).watermark());
        bench.opened(EDGE_A, 1);
        assertEquals(List.of(), bench.sent(), "bodies are in the log");
        bench.loadBodies();
        assertEquals(List.of(0L, 1L), bench.sent());
        bench.acked(session(EDGE_A, 1), 0, 1);
        assertEquals(2, Heartbench.count(bench.commit(), Write.Unpark.class));
    }

    @Test
    void nothingIsSentToAnEdgeThatHasNotAnswered() {
        Heartbench bench = new Heartbench();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        assertEquals(List.of(), bench.sent());
        bench.answer(EDGE_A, 1, held(1, 0, HeldSession.NOTHING_SENT));
        bench.loadBodies();
        assertEquals(List.of(0L), bench.sent());
    }

    @Test
    void whatAnEdgeSaysItHasSentIsInFlightAndNotSentAgain() {
        Heartbench bench = new Heartbench();
        bench.opened(EDGE_A, 1);
        bench.answer(EDGE_A, 1, held(1, 0, 1));
        bench.message("sent by the owner before");
        bench.message("sent by the owner before");
        bench.message("new");
        assertEquals(List.of(2L), bench.sent());
    }

    @Test
    void nothingEndsBeforeEveryEdgeHasTakenTheNewOwner() {
        Heartbench bench = new Heartbench();
        bench.answer(EDGE_A, 0);
        bench.message("given by the owner before to a session that it saw open", 1);
        bench.tick(2_000);
        bench.opened(EDGE_B, 1);
        bench.answer(EDGE_B, 1, held(1, 0, 0));
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
        bench.acked(session(EDGE_B, 1), 0);
        assertEquals(List.of(Outcome.DELIVERED), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void whatIsOverEndsOnceAllEdgesHaveAnsweredOrAreGone() {
        Heartbench bench = new Heartbench();
        bench.answer(EDGE_A, 0);
        bench.message("for nobody", 1);
        bench.message("for nobody who is there now", 0);
        bench.tick(2_000);
        bench.opened(EDGE_A, 1);
        bench.loadBodies();
        assertEquals(List.of(), bench.sent());
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
        bench.heart.on(new Event.EdgeGone(EDGE_B, bench.heart.eventsPosition()));
        assertEquals(
                List.of(Outcome.EXPIRED, Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
        assertEquals(0, bench.heart.figures().unansweredEdges());
    }

    @Test
    void nothingEndsThatASessionMayHaveWhoseOpenedIsLost() {
        Heartbench bench = new Heartbench();
        bench.answer(EDGE_A, 0);
        bench.answer(EDGE_B, 1, held(1, 0, 0));
        bench.message("given to the session of which retention took the opened", 1);
        bench.tick(2_000);
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
        bench.opened(EDGE_B, 1);
        bench.acked(session(EDGE_B, 1), 0);
        bench.message("for nobody", 0);
        bench.ended(session(EDGE_B, 1));
        bench.tick(2_000);
        assertEquals(
                List.of(Outcome.DELIVERED, Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void afterAMessageForNobodyTheDeviceWaitsForTheCommit() {
        Heartbench bench = new Heartbench().answered();
        bench.message("for nobody", 0);
        bench.opened(EDGE_A, 1);
        bench.message("a successor would take the one before for sent too");
        assertEquals(List.of(), bench.sent());
        assertEquals(List.of(Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
        bench.loadBodies();
        assertEquals(List.of(1L), bench.sent());
    }

    @Test
    void whereTheOwnersNowStandsStillItCommitsTakesOverAndParks() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("holds the watermark back");
        bench.opened(EDGE_B, 1);
        bench.durationPasses(HeartSettings.defaults().waits().takeOverMs());
        assertEquals(1, bench.heart.figures().takeOversRunOut());
        List<Write> writes = bench.commit(0);
        assertEquals(1, Heartbench.count(writes, Write.Park.class));
        assertEquals(1, Heartbench.checkpoint(writes).watermark());
    }

    @Test
    void anEdgeThatDoesNotAnswerHoldsUpEndingsForABoundedTime() {
        Heartbench bench = new Heartbench();
        bench.answer(EDGE_A, 0);
        bench.message("for nobody", 1);
        bench.tick(HeartSettings.defaults().waits().edgesMs() - 1);
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
        assertEquals(List.of(Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
        assertEquals(1, bench.heart.figures().unansweredEdges());
    }

    @Test
    void theWindowBoundsWhatIsUnacknowledged() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        for (int i = 0; i < 20; i++) {
            bench.message("m" + i);
        }
        assertEquals(LongStream.range(0, 16).boxed().toList(), bench.sent());
        bench.acked(session(EDGE_A, 1), 0, 5);
        bench.loadBodies();
        assertEquals(List.of(16L, 17L), bench.sent());
    }

    @Test
    void bodiesThatComeBackInAnotherOrderAreSentInOffsetOrder() {
        Heartbench bench = new Heartbench().answered();
        bench.message("m0");
        bench.message("m1");
        bench.opened(EDGE_A, 1);
        Message body = Message.plain(PHONE, Payload.ofText("m"));
        bench.heart.on(new Event.BodyLoaded(PHONE, 1, body));
        assertEquals(List.of(), bench.sent());
        bench.heart.on(new Event.BodyLoaded(PHONE, 0, body));
        assertEquals(List.of(0L, 1L), bench.sent());
    }

    @Test
    void aNewerSessionTakesOverOnceTheOlderHasEnded() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        assertEquals(List.of(0L), bench.sent());
        bench.opened(EDGE_B, 1);
        assertEquals(List.of(session(EDGE_A, 1)), bench.closed());
        bench.loadBodies();
        assertEquals(List.of(), bench.sent(), "the older session may still acknowledge it");
        bench.ended(session(EDGE_A, 1));
        bench.loadBodies();
        assertEquals(List.of(0L), bench.sent());
        PresenceRecord presence = bench.heart.device(PHONE).orElseThrow().presence();
        assertEquals(session(EDGE_B, 1), Objects.requireNonNull(presence).session());
    }

    @Test
    void anAcknowledgementDuringATakeOverSavesTheDuplicate() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        bench.opened(EDGE_B, 1);
        bench.acked(session(EDGE_A, 1), 0);
        bench.ended(session(EDGE_A, 1));
        bench.loadBodies();
        assertEquals(List.of(0L), bench.sent(), "once, to the older");
    }

    @Test
    void aTakeOverDoesNotWaitForEver() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.opened(EDGE_B, 1);
        bench.message("hello");
        assertEquals(List.of(), bench.sent());
        bench.tick(HeartSettings.defaults().waits().takeOverMs());
        bench.loadBodies();
        assertEquals(List.of(0L), bench.sent());
        assertEquals(1, bench.heart.figures().takeOversRunOut());
    }

    @Test
    void aTakeOverWaitsLessForAnEdgeThatIsCutOff() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        bench.heart.on(new Event.EdgeCutOff(EDGE_A));
        bench.opened(EDGE_B, 1);
        bench.loadBodies();
        assertEquals(List.of(0L), bench.sent(), "the one to the older");
        bench.tick(HeartSettings.defaults().waits().cutOffTakeOverMs());
        bench.loadBodies();
        assertEquals(List.of(0L), bench.sent());
        assertEquals(1, bench.heart.figures().takeOversRunOut());
    }

    @Test
    void aTakeOverWaitsInFullForAnEdgeThatIsThereAgain() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        assertEquals(List.of(0L), bench.sent());
        bench.heart.on(new Event.EdgeCutOff(EDGE_A));
        bench.opened(EDGE_B, 1);
        bench.answer(EDGE_A, 1, held(1, 0, 0));
        bench.tick(HeartSettings.defaults().waits().cutOffTakeOverMs());
        bench.loadBodies();
        assertEquals(List.of(), bench.sent());
        bench.tick(HeartSettings.defaults().waits().takeOverMs());
        bench.loadBodies();
        assertEquals(List.of(0L), bench.sent());
    }

    @Test
    void anOlderSessionStaysKnownToSuccessorsWhileItIsWaitedFor() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.opened(EDGE_B, 1);
        bench.ended(session(EDGE_B, 1));
        List<Write> writes = bench.commit();
        assertEquals(1, Heartbench.count(writes, Write.Online.class), "the older one");
        assertEquals(0, Heartbench.count(writes, Write.Offline.class));
        bench.ended(session(EDGE_A, 1));
        assertEquals(1, Heartbench.count(bench.commit(), Write.Offline.class));
    }

    @Test
    void theLateEndOfAnOldSessionDoesNotTouchTheNewerOne() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.opened(EDGE_B, 1);
        bench.tick(HeartSettings.defaults().waits().takeOverMs());
        bench.ended(session(EDGE_A, 1));
        bench.message("hello");
        assertEquals(List.of(0L), bench.sent());
    }

    @Test
    void anAcknowledgementOfAMessageNotYetReadHoldsTheEvents() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.acked(session(EDGE_A, 1), 0);
        assertFalse(bench.heart.wantsEvents());
        assertEquals(1, bench.heart.eventsPosition());
        bench.message("hello");
        assertTrue(bench.heart.wantsEvents());
        assertEquals(2, bench.heart.eventsPosition());
        assertEquals(List.of(Outcome.DELIVERED), Heartbench.outcomes(bench.commit()));
    }

    /** Forged, or the log has lost its end: nothing of the partition would be heard any more. */
    @Test
    void anAcknowledgementBeyondTheEndOfMessagesIsPassedOver() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        bench.acked(session(EDGE_A, 1), 0, 1L << 40);
        for (int look = 0; look < 2; look++) {
            assertFalse(bench.heart.wantsEvents());
            bench.commands.clear();
            bench.tick(1);
            bench.tick(EventLog.LOOK_MS);
            assertTrue(bench.commands.contains(new Command.AskMessagesEnd(1L << 40)));
            bench.heart.on(new Event.MessagesEnd(1));
        }
        assertTrue(bench.heart.wantsEvents());
        assertEquals(2, bench.heart.eventsPosition());
    }

    @Test
    void anAcknowledgementOfWhatStandsInTheLogIsHeldForAsLongAsItTakes() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.acked(session(EDGE_A, 1), 0);
        bench.tick(1);
        for (int look = 0; look < 5; look++) {
            bench.tick(EventLog.LOOK_MS);
            bench.heart.on(new Event.MessagesEnd(1));
        }
        assertFalse(bench.heart.wantsEvents());
    }

    @Test
    void anUnknownIncarnationHoldsTheEventsUntilNodesIsRead() {
        Heartbench bench = new Heartbench().answered();
        Incarnation late = new Incarnation("edge-c", 3);
        bench.opened(late, 1);
        assertTrue(bench.commands.contains(new Command.ReadNodes()));
        assertFalse(bench.heart.wantsEvents());
        bench.heart.on(new Event.EdgeUp(late));
        assertTrue(bench.heart.wantsEvents());
        assertTrue(bench.heart.device(PHONE).isPresent());
    }

    @Test
    void anIncarnationThatNodesDoesNotNameIsVoid() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(new Incarnation("edge-c", 3), 1);
        bench.heart.on(new Event.NodesRead());
        assertTrue(bench.heart.wantsEvents());
        assertTrue(bench.heart.device(PHONE).isEmpty());
    }

    @Test
    void theEndOfNodesAskedForOneIncarnationSaysNothingOfALaterOne() {
        Heartbench bench = new Heartbench().answered();
        Incarnation first = new Incarnation("edge-c", 3);
        Incarnation second = new Incarnation("edge-d", 4);
        bench.opened(first, 1);
        bench.heart.on(new Event.EdgeUp(first));
        bench.opened(second, 1);
        bench.heart.on(new Event.NodesRead());
        assertEquals(
                2, bench.commands.stream().filter(c -> c.equals(new Command.ReadNodes())).count());
        bench.heart.on(new Event.EdgeUp(second));
        bench.ended(session(first, 1));
        bench.answer(second, 1, held(1, 1, HeldSession.NOTHING_SENT));
        bench.message("for the second");
        assertEquals(List.of(0L), bench.sent());
    }

    @Test
    void anOpenedThatIsWrittenTwiceChangesNothing() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.commit();
        bench.opened(EDGE_A, 1);
        assertEquals(List.of(), bench.closed());
        bench.message("hello");
        assertEquals(List.of(0L), bench.sent());
    }

    @Test
    void whatWasInFlightAtAGoneEdgeIsSentElsewhereAfterItsLastWords() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("one");
        bench.message("two");
        assertEquals(List.of(0L, 1L), bench.sent());
        bench.heart.on(new Event.EdgeGone(EDGE_A, 3)); // two more events stand in the log
        bench.opened(EDGE_B, 1);
        bench.loadBodies();
        assertEquals(List.of(), bench.sent());
        bench.acked(session(EDGE_A, 1), 0);
        bench.loadBodies();
        assertEquals(List.of(1L), bench.sent());
    }

    @Test
    void anEdgesAnswerIsComparedOnlyAfterEventsAreReadToItsEnd() {
        Heartbench bench = new Heartbench();
        bench.heart.on(
                new Event.EdgeAnswered(
                        EDGE_A, List.of(held(1, 0, HeldSession.NOTHING_SENT)), 1, 1));
        assertFalse(bench.commands.stream().anyMatch(Command.Announce.class::isInstance));
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        assertEquals(List.of(0L), bench.sent());
    }

    @Test
    void aSessionTheLogDoesNotKnowIsAnnouncedAgain() {
        Heartbench bench = new Heartbench();
        bench.answer(EDGE_A, 7, held(7, 0, HeldSession.NOTHING_SENT));
        assertTrue(bench.commands.contains(new Command.Announce(session(EDGE_A, 7))));
    }

    @Test
    void whatAnAnnouncedSessionWasGivenIsNotSentAgain() {
        Heartbench bench = new Heartbench();
        bench.message("given by an owner before");
        bench.message("new");
        bench.answer(EDGE_A, 7, held(7, 0, 0));
        bench.opened(EDGE_A, 7);
        bench.loadBodies();
        assertEquals(List.of(1L), bench.sent());
    }

    @Test
    void aSessionTheEdgeDoesNotHoldAnyMoreIsEnded() {
        Heartbench bench = new Heartbench(restoredOnline());
        bench.answer(EDGE_A, 1);
        assertEquals(1, Heartbench.count(bench.commit(), Write.Offline.class));
    }

    private static Restored restoredOnline() {
        PresenceRecord presence =
                new PresenceRecord(
                        session(EDGE_A, 1), 0, 0, Transport.TCP, 5, 1, 16, true, List.of());
        RestoredDevices devices = new RestoredDevices(0);
        devices.presence(PHONE, presence);
        return new Restored(
                new Positions(0, 1, CheckpointRecord.BroadcastsRead.FROM_START, new long[0]),
                1,
                devices,
                Map.of(),
                Map.of(),
                new RestoredBroadcasts(0),
                Set.of(EDGE_A, EDGE_B));
    }

    @Test
    void afterAClaimNothingExpiresUntilTheEdgeHasAnswered() {
        Heartbench bench = new Heartbench(restoredOnline());
        bench.message(withTtl("short", 1));
        bench.answer(EDGE_B, 0);
        bench.tick(5_000);
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
        bench.answer(EDGE_A, 1, held(1, 0, HeldSession.NOTHING_SENT));
        assertEquals(List.of(Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
    }

    private static Message withTtl(String text, long ttlSeconds) {
        return new Message(
                PHONE,
                Payload.ofText(text),
                null,
                ttlSeconds,
                null,
                Urgency.NORMAL,
                null,
                Message.ABSENT,
                null,
                null,
                Message.ABSENT,
                null,
                null,
                List.of());
    }

    @Test
    void aMessageInFlightDoesNotExpireButDoesSoWhenItComesBack() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message(withTtl("short", 1));
        bench.tick(5_000);
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
        bench.ended(session(EDGE_A, 1));
        assertEquals(List.of(Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void ttlZeroIsForADeviceThatIsConnectedNow() {
        Heartbench bench = new Heartbench().answered();
        bench.message(withTtl("now or never", 0));
        assertEquals(List.of(Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
        bench.opened(EDGE_A, 1);
        bench.message(withTtl("now", 0));
        assertEquals(List.of(1L), bench.sent());
    }

    @Test
    void aFullInboxGivesUpItsOldest() {
        Heartbench bench = new Heartbench().answered();
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 103; i++) {
            bench.message("m" + i);
        }
        outcomes.addAll(Heartbench.outcomes(bench.commit()));
        assertEquals(List.of(Outcome.OVERFLOWED, Outcome.OVERFLOWED, Outcome.OVERFLOWED), outcomes);
        assertEquals(3, bench.heart.device(PHONE).orElseThrow().unsettled().getFirst().offset());
    }

    @Test
    void afterAnOwnersOwnDecisionTheDeviceWaitsForTheCommit() {
        Heartbench bench = new Heartbench().answered();
        bench.message(withTtl("short", 3));
        bench.commit();
        bench.tick(2_000); // expired, and not committed yet
        bench.opened(EDGE_A, 1);
        bench.message("next");
        assertEquals(List.of(), bench.sent());
        bench.commit();
        bench.loadBodies();
        assertEquals(List.of(1L), bench.sent());
    }

    @Test
    void whatWaitsBehindExpiredMessagesGoesOnByItself() {
        Heartbench bench = new Heartbench().answered();
        int window = HeartSettings.defaults().inbox().windowMessages();
        for (int i = 0; i < window; i++) {
            bench.message(withTtl("short", 3));
        }
        long next = bench.message("next");
        bench.commit();
        bench.opened(EDGE_A, 1); // asks for a window of bodies
        bench.tick(3_000); // all of which end before they come
        bench.commit();
        bench.loadBodies();
        bench.loadBodies();
        assertEquals(List.of(next), bench.sent());
    }

    @Test
    void howLongADeviceMayTakeIsItsEdgesToSayAndThenItsMessagesComeBack() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        bench.sent();
        bench.tick(3_600_000); // at 5 KB/s a window of long messages takes its time
        assertEquals(List.of(), bench.closed());
        assertEquals(List.of(), bench.sent());
        bench.ended(session(EDGE_A, 1));
        assertEquals(1, Heartbench.count(bench.commit(), Write.Park.class));
        bench.opened(EDGE_A, 2);
        bench.loadBodies();
        assertEquals(List.of(0L), bench.sent());
    }

    @Test
    void anUnacknowledgedMessageIsParkedSoThatTheWatermarkMayPass() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        assertEquals(0, Heartbench.checkpoint(bench.commit()).watermark());
        bench.tick(HeartSettings.defaults().pace().parkAfterMs());
        List<Write> writes = bench.commit();
        assertEquals(1, Heartbench.count(writes, Write.Park.class));
        assertEquals(1, Heartbench.checkpoint(writes).watermark());
    }

    @Test
    void whatIsSettledAboveTheWatermarkIsNotDoneAgain() {
        Heartbench bench =
                new Heartbench(
                        new Restored(
                                new Positions(
                                        0,
                                        0,
                                        CheckpointRecord.BroadcastsRead.FROM_START,
                                        new long[] {1}),
                                0,
                                new RestoredDevices(0),
                                Map.of(),
                                Map.of(),
                                new RestoredBroadcasts(0),
                                Set.of(EDGE_A)));
        bench.answer(EDGE_A, 0);
        bench.opened(EDGE_A, 1);
        bench.message("m0");
        bench.message("settled before");
        bench.message("m2");
        assertEquals(List.of(0L, 2L), bench.sent());
    }

    @Test
    void theReaderIsHeldBackWhileNothingIsCommitted() {
        Heartbench bench = new Heartbench().answered();
        for (int i = 0; i < HeartSettings.defaults().pace().runAheadMessages(); i++) {
            bench.message(new DeviceId("d" + i), "m");
        }
        assertFalse(bench.heart.wantsMessages());
        bench.commit();
        assertTrue(bench.heart.wantsMessages());
    }

    @Test
    void aStalledHopDelaysOnlyItsOwnSessions() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.heart.on(new Event.EdgeStalled(EDGE_A, true));
        bench.message("hello");
        assertEquals(List.of(), bench.sent());
        bench.heart.on(new Event.EdgeStalled(EDGE_A, false));
        bench.loadBodies();
        assertEquals(List.of(0L), bench.sent());
    }

    @Test
    void aHopThatWasCutSendsAgainOnlyWhatDidNotArrive() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("arrived");
        bench.message("lost");
        bench.sent();
        bench.heart.on(new Event.EdgeCutOff(EDGE_A));
        bench.answer(EDGE_A, 1, held(1, 0, 0));
        bench.loadBodies();
        assertEquals(List.of(1L), bench.sent());
    }

    @Test
    void anUnreadableRecordEndsAsRejectedAndIsKept() {
        Heartbench bench = new Heartbench().answered();
        bench.heart.on(new Event.UnreadableRead(0, 0, PHONE, "ttl: ...", new Rejected() {}));
        List<Write> writes = bench.commit();
        assertEquals(List.of(Outcome.REJECTED), Heartbench.outcomes(writes));
        assertEquals(1, Heartbench.count(writes, Write.Reject.class));
        assertEquals(1, Heartbench.checkpoint(writes).watermark());
    }

    @Test
    void aMisplacedRecordIsAppendedAgainInItsOwnPartition() {
        Heartbench bench = new Heartbench().answered();
        Message message = Message.plain(PHONE, Payload.ofText("hello"));
        bench.heart.on(new Event.MisplacedRead(0, 7, 3, message));
        List<Write> writes = bench.commit();
        assertEquals(1, Heartbench.count(writes, Write.Reappend.class));
        assertEquals(List.of(), Heartbench.outcomes(writes));
    }

    @Test
    void aPayloadThatIsTooLongEndsAsRejectedWhereverItStands() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        int bytesMax = HeartSettings.defaults().bodies().bytesMax();
        Message tooLong = Message.plain(PHONE, Payload.of(new byte[bytesMax + 1]));
        bench.message(tooLong);
        bench.heart.on(new Event.MisplacedRead(1, 7, 3, tooLong));
        Message longest = Message.plain(PHONE, Payload.of(new byte[bytesMax]));
        bench.heart.on(new Event.MessageRead(2, 7, longest));
        List<Write> writes = bench.commit();
        assertEquals(List.of(Outcome.REJECTED, Outcome.REJECTED), Heartbench.outcomes(writes));
        assertEquals(0, Heartbench.count(writes, Write.Reappend.class));
        bench.loadBodies();
        assertEquals(List.of(2L), bench.sent());
        assertEquals(2, Heartbench.checkpoint(writes).watermark());
    }

    @Test
    void aRefusalByTheDeviceEndsAsRejected() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        bench.event(
                new EventRecord.Acked(
                        session(EDGE_A, 1),
                        List.of(new EventRecord.Ack(0, 0, 0, Proof.PUBACK, 0x97))));
        ReceiptRecord receipt = Heartbench.receipts(bench.commit()).getFirst();
        assertEquals(Outcome.REJECTED, receipt.outcome());
        assertEquals("refused by the device", receipt.detail());
        assertEquals(Proof.PUBACK, receipt.proof());
    }

    @Test
    void whatIsTooLongForTheDeviceEndsAsRejectedAndWasNeverSent() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message("hello");
        bench.event(
                new EventRecord.Acked(
                        session(EDGE_A, 1),
                        List.of(new EventRecord.Ack(0, 5, 5, Proof.NONE, 0x95))));
        ReceiptRecord receipt = Heartbench.receipts(bench.commit()).getFirst();
        assertEquals(Outcome.REJECTED, receipt.outcome());
        assertEquals("not sent: longer than the device's Maximum Packet Size", receipt.detail());
        assertEquals(0x95, receipt.reasonCode());
        assertEquals(Proof.NONE, receipt.proof());
        assertEquals(ReceiptRecord.NEVER, receipt.sentAtMs());
        assertEquals(ReceiptRecord.NEVER, receipt.acknowledgedAtMs());
    }

    @Test
    void handedOverMeansEverythingIsCommitted() {
        Heartbench bench = new Heartbench().answered();
        bench.message("hello");
        bench.heart.on(new Event.HandOver());
        assertFalse(bench.heart.isSettledDown());
        bench.commands.clear();
        bench.heart.on(new Event.Committed());
        assertTrue(bench.heart.isSettledDown());
    }

    @Test
    void afterAClaimNothingExpiresUntilThePredecessorsEventsAreRead() {
        // The predecessor read the opened, sent the message, and could not commit that.
        Heartbench bench =
                new Heartbench(
                        new Restored(
                                new Positions(
                                        0,
                                        0,
                                        CheckpointRecord.BroadcastsRead.FROM_START,
                                        new long[0]),
                                2,
                                new RestoredDevices(0),
                                Map.of(),
                                Map.of(),
                                new RestoredBroadcasts(0),
                                Set.of(EDGE_A)));
        bench.message(withTtl("short", 1));
        bench.tick(5_000);
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
        bench.opened(EDGE_A, 1);
        bench.acked(session(EDGE_A, 1), 0);
        assertEquals(List.of(Outcome.DELIVERED), Heartbench.outcomes(bench.commit()));
    }

    private static Message with(
            @Nullable String collapseKey,
            @Nullable String idempotencyKey,
            long notBeforeMs,
            @Nullable MessageId cancel) {
        return new Message(
                PHONE,
                Payload.ofText("text"),
                null,
                Message.ABSENT,
                collapseKey,
                Urgency.NORMAL,
                idempotencyKey,
                notBeforeMs,
                cancel == null ? null : new Control.Cancel(cancel),
                null,
                Message.ABSENT,
                null,
                null,
                List.of());
    }

    @Test
    void aCollapseKeyReplacesWhatIsNotInFlight() {
        Heartbench bench = new Heartbench().answered();
        bench.message(with("weather", null, Message.ABSENT, null));
        bench.message(with("news", null, Message.ABSENT, null));
        bench.message(with("weather", null, Message.ABSENT, null));
        assertEquals(List.of(Outcome.REPLACED), Heartbench.outcomes(bench.commit()));
        bench.opened(EDGE_A, 1);
        bench.loadBodies();
        assertEquals(List.of(1L, 2L), bench.sent());
    }

    @Test
    void whatIsReplacedInFlightEndsOnlyIfItComesBack() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message(with("weather", null, Message.ABSENT, null));
        bench.message(with("weather", null, Message.ABSENT, null));
        assertEquals(List.of(0L, 1L), bench.sent());
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
        bench.ended(session(EDGE_A, 1));
        assertEquals(List.of(Outcome.REPLACED), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void aMessageCanBeCancelledWhileItWaits() {
        Heartbench bench = new Heartbench().answered();
        bench.message("regretted");
        bench.message(with(null, null, Message.ABSENT, new MessageId(0, 0)));
        List<Write> writes = bench.commit();
        assertEquals(List.of(Outcome.CANCELLED), Heartbench.outcomes(writes));
        assertEquals(2, Heartbench.checkpoint(writes).watermark(), "the record itself is done");
    }

    @Test
    void aSecondMessageWithAnIdempotencyKeyIsRejectedWithinTheWindow() {
        Heartbench bench = new Heartbench().answered();
        bench.message(with(null, "order-7", Message.ABSENT, null));
        bench.message(with(null, "order-7", Message.ABSENT, null));
        List<Write> writes = bench.commit();
        assertEquals(List.of(Outcome.REJECTED), Heartbench.outcomes(writes));
        assertEquals(1, Heartbench.count(writes, Write.Remember.class));
        bench.tick(HeartSettings.defaults().keys().windowMs());
        bench.message(with(null, "order-7", Message.ABSENT, null));
        assertEquals(List.of(), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void anIdempotencyKeyCountsHoweverLateItsRepetitionIsRead() {
        Heartbench bench = new Heartbench().answered();
        Message message = with(null, "order-7", Message.ABSENT, null);
        bench.heart.on(new Event.MessageRead(0, Heartbench.START_MS, message));
        bench.tick(3 * HeartSettings.defaults().keys().windowMs());
        bench.commit();
        bench.heart.on(new Event.MessageRead(1, Heartbench.START_MS + 1, message));
        assertEquals(List.of(Outcome.REJECTED), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void aMessageWaitsForItsTimeAndIsThenAppendedAgain() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        bench.message(with(null, null, Heartbench.START_MS + 10_000, null));
        bench.message("meanwhile");
        assertEquals(List.of(1L), bench.sent());
        bench.commit();
        bench.tick(10_000);
        bench.commit();
        bench.loadBodies();
        List<Write> writes = bench.commit();
        assertEquals(1, Heartbench.count(writes, Write.Reappend.class));
        assertEquals(0, Heartbench.count(writes, Write.Unpark.class), "until that is read");
        assertEquals(List.of(), Heartbench.outcomes(writes), "its receipt comes later");
    }
}
