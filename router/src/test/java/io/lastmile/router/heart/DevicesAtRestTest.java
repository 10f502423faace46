package io.lastmile.router.heart;

import static io.lastmile.router.heart.Heartbench.EDGE_A;
import static io.lastmile.router.heart.Heartbench.PHONE;
import static io.lastmile.router.heart.Heartbench.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ParkedRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What sleeps goes on as if it had been awake. */
class DevicesAtRestTest {
    private static int awake(Heartbench bench) {
        return bench.heart.figures().awake();
    }

    private static Heartbench quietAndOnline() {
        Heartbench bench = new Heartbench().answered();
        bench.opened(EDGE_A, 1);
        long offset = bench.message("first");
        bench.acked(session(EDGE_A, 1), offset);
        bench.commit();
        bench.tick(20);
        assertEquals(new HeartFigures(1, 0, 1, 0, 0, 0), bench.heart.figures());
        bench.sent();
        return bench;
    }

    @Test
    void isWokenByAMessageAndGoesOnInOrder() {
        Heartbench bench = quietAndOnline();
        bench.message("second");
        assertEquals(1, awake(bench));
        assertEquals(List.of(1L), bench.sent());
    }

    @Test
    void isStillSeen() {
        Heartbench bench = quietAndOnline();
        DeviceView view = bench.heart.device(PHONE).orElseThrow();
        assertEquals(session(EDGE_A, 1), sessionOf(view));
        assertEquals(0, awake(bench));
    }

    private static Object sessionOf(DeviceView view) {
        return view.presence() == null ? "none" : view.presence().session();
    }

    @Test
    void itsSessionEnds() {
        Heartbench bench = quietAndOnline();
        bench.ended(session(EDGE_A, 1));
        assertEquals(1, Heartbench.count(bench.commit(), Write.Offline.class));
        bench.tick(20);
        assertEquals(0, bench.heart.figures().devices());
    }

    @Test
    void itsEdgeIsGone() {
        Heartbench bench = quietAndOnline();
        bench.heart.on(new Event.EdgeGone(EDGE_A, bench.heart.eventsPosition()));
        assertEquals(1, Heartbench.count(bench.commit(), Write.Offline.class));
    }

    @Test
    void itsEdgeAnswersAndItSleepsOn() {
        Heartbench bench = quietAndOnline();
        bench.heart.on(new Event.EdgeCutOff(EDGE_A));
        bench.answer(EDGE_A, 1, new HeldSession(PHONE, 1, 0, 0));
        assertEquals(0, awake(bench));
        bench.message("second");
        assertEquals(List.of(1L), bench.sent());
    }

    @Test
    void itsEdgeAnswersThatItIsNotThere() {
        Heartbench bench = quietAndOnline();
        bench.heart.on(new Event.EdgeCutOff(EDGE_A));
        bench.answer(EDGE_A, 1);
        assertEquals(1, Heartbench.count(bench.commit(), Write.Offline.class));
    }

    @Test
    void whatWasSentBeforeIsInFlightThoughNobodyWasWoken() {
        Heartbench bench = quietAndOnline();
        bench.heart.on(new Event.EdgeCutOff(EDGE_A));
        bench.answer(EDGE_A, 1, new HeldSession(PHONE, 1, 0, 1)); // by an owner that was fenced
        bench.message("second");
        assertEquals(List.of(), bench.sent());
        bench.acked(session(EDGE_A, 1), 1);
        assertEquals(List.of(Outcome.DELIVERED), Heartbench.outcomes(bench.commit()));
    }

    @Test
    void parkedMessagesExpireInTheirSleep() {
        Heartbench bench = new Heartbench().answered();
        bench.message("short", 30);
        bench.message("long", 60);
        bench.commit();
        bench.tick(20);
        assertEquals(new HeartFigures(1, 0, 0, 2, 0, 0), bench.heart.figures());
        bench.tick(28_000);
        assertEquals(0, awake(bench));
        bench.tick(1_500);
        assertEquals(List.of(Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
        bench.tick(20);
        assertEquals(new HeartFigures(1, 0, 0, 1, 0, 0), bench.heart.figures());
        bench.tick(30_000);
        assertEquals(List.of(Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
        assertEquals(0, bench.heart.figures().devices());
    }

    @Test
    void whatWasRestoredExpiresAndIsDelivered() {
        RestoredDevices devices = new RestoredDevices(0);
        devices.parked(PHONE, 3, parked(3, Heartbench.START_MS + 5_000));
        devices.parked(PHONE, 4, parked(4, Heartbench.START_MS + 500_000));
        devices.parked(PHONE, 5, parked(5, Heartbench.START_MS + 500_000));
        devices.parked(PHONE, 4, null);
        Heartbench bench =
                new Heartbench(
                        new Restored(
                                new Positions(
                                        6,
                                        0,
                                        CheckpointRecord.BroadcastsRead.FROM_START,
                                        new long[0]),
                                0,
                                devices,
                                Map.of(),
                                Map.of(),
                                new RestoredBroadcasts(0),
                                Set.of(EDGE_A)));
        assertEquals(new HeartFigures(1, 0, 0, 2, 0, 0), bench.heart.figures());
        bench.answer(EDGE_A, 0);
        bench.tick(6_000);
        assertEquals(List.of(Outcome.EXPIRED), Heartbench.outcomes(bench.commit()));
        bench.opened(EDGE_A, 1);
        bench.loadBodies();
        assertEquals(List.of(5L), bench.sent());
    }

    @Test
    void anEndingThatAnOwnerLeftIsAppliedWhereNothingHappenedSince() {
        RestoredDevices devices = new RestoredDevices(0);
        devices.parked(PHONE, 3, parked(3, Heartbench.START_MS + 500_000, Outcome.CANCELLED));
        Heartbench bench =
                new Heartbench(
                        new Restored(
                                new Positions(
                                        4,
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
        assertEquals(List.of(Outcome.CANCELLED), Heartbench.outcomes(bench.commit()));
        bench.opened(EDGE_A, 1);
        bench.loadBodies();
        assertEquals(List.of(), bench.sent());
    }

    private static ParkedRecord parked(long offset, long expiresAtMs) {
        return parked(offset, expiresAtMs, null);
    }

    private static ParkedRecord parked(long offset, long expiresAtMs, @Nullable Outcome ending) {
        return new ParkedRecord(
                new MessageId(0, offset),
                Heartbench.START_MS,
                Heartbench.START_MS,
                expiresAtMs,
                Message.ABSENT,
                5,
                0,
                Urgency.NORMAL,
                null,
                null,
                ending);
    }

    @Test
    void aStormLoadsNoMoreBodiesThanThereIsRoomFor() {
        HeartSettings settings = Heartbench.withLoadBytesMax(10_000);
        Heartbench bench = new Heartbench(Heartbench.nothing(), settings).answered();
        for (int i = 0; i < 100; i++) {
            bench.message(new DeviceId("phone-" + i), "m");
            bench.message(new DeviceId("phone-" + i), "n");
        }
        bench.commit();
        for (int i = 0; i < 100; i++) {
            bench.opened(new DeviceId("phone-" + i), EDGE_A, 1 + i);
        }
        int sent = 0;
        for (int round = 0; round < 100 && sent < 200; round++) {
            int loading = bench.loading();
            assertTrue(loading > 0 && loading <= 10_000 / 512, "loading " + loading);
            bench.loadBodies();
            sent += bench.sent().size();
        }
        assertEquals(200, sent);
    }

    /** Found by the simulation: the later ones kept the room, the first one waited for ever. */
    @Test
    void bodiesBehindAMessageThatWaitsForRoomGiveTheirsBack() {
        HeartSettings settings = Heartbench.withLoadBytesMax(1_100); // two short ones
        Heartbench bench = new Heartbench(Heartbench.nothing(), settings).answered();
        bench.opened(EDGE_A, 1);
        bench.message("m0");
        bench.sent();
        bench.ended(session(EDGE_A, 1));
        bench.message("m1");
        bench.message("m2");
        bench.commit();
        bench.opened(EDGE_A, 2);
        bench.loadBodies(); // of m0 and m1: sent; m2 has room now
        assertEquals(List.of(0L, 1L), bench.sent());
        bench.ended(session(EDGE_A, 2)); // m0 and m1 are back, m2 is on its way
        bench.opened(EDGE_A, 3);
        for (int round = 0; round < 10; round++) {
            bench.loadBodies();
            bench.tick(20);
        }
        assertEquals(List.of(0L, 1L, 2L), bench.sent());
    }

    /** A predecessor has parked the later one alone; the other one is read in a moment. */
    @Test
    void whatIsParkedOvertakesNothingThatIsStillToBeRead() {
        RestoredDevices devices = new RestoredDevices(0);
        devices.parked(PHONE, 2, parked(2, Heartbench.START_MS + 500_000));
        Heartbench bench =
                new Heartbench(
                        new Restored(
                                new Positions(
                                        1,
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
        bench.opened(EDGE_A, 1);
        bench.loadBodies();
        assertEquals(List.of(), bench.sent());
        bench.message("the one before");
        bench.heart.on(new Event.MessagesReadTo(3));
        bench.loadBodies();
        assertEquals(List.of(1L, 2L), bench.sent());
    }
}
