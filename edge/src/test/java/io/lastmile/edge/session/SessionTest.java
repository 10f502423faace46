package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.EventRecord.Ack;
import io.lastmile.wire.record.Proof;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final DeviceHeart PHONE = new HeartWorld().connected(5);

    private final Session session = session(4);

    private static Session session(int window) {
        HeartWorld world = new HeartWorld();
        return new Session(world.life, 3, world.connected(5), window);
    }

    @Test
    void offsetsOnlyRise() {
        assertEquals(Delivery.SEND, session.deliver(10, 0));
        assertEquals(Delivery.ALREADY_SENT, session.deliver(10, 0));
        assertEquals(Delivery.ALREADY_SENT, session.deliver(9, 0));
        assertEquals(Delivery.SEND, session.deliver(12, 0));
        assertEquals(12, session.highestSent());
    }

    @Test
    void theWindowIsNeverExceeded() {
        for (int offset = 0; offset < 4; offset++) {
            assertEquals(Delivery.SEND, session.deliver(offset, 0));
        }
        assertEquals(Delivery.NO_ROOM, session.deliver(4, 0));
        assertEquals(3, session.highestSent(), "what had no room was not sent");
        assertNotNull(session.puback(session.packetId(1), 0, 5));
        assertEquals(Delivery.SEND, session.deliver(4, 0));
        assertEquals(4, session.unacknowledged());
    }

    @Test
    void acksThatKafkaDoesNotConfirmUseUpTheRoom() {
        for (int offset = 0; offset < 8; offset++) {
            assertEquals(Delivery.SEND, session.deliver(offset, 0));
            assertNotNull(session.settle(offset, Proof.SENT, 0, 0));
        }
        assertEquals(Delivery.NO_ROOM, session.deliver(8, 0));
        session.acksConfirmed(1);
        assertEquals(Delivery.SEND, session.deliver(8, 0));
    }

    @Test
    void aPubackBecomesAnAckOnce() {
        session.deliver(10, 100);
        int packetId = session.packetId(10);
        assertNotEquals(0, packetId);
        assertEquals(
                new Ack(10, 100, 140, Proof.PUBACK, 0x80), session.puback(packetId, 0x80, 140));
        assertNull(session.puback(packetId, 0, 141));
        assertEquals(0, session.packetId(10));
        assertNull(session.puback(999, 0, 141), "nobody's packet");
    }

    @Test
    void packetIdsComeAroundWithoutTakingOneInUse() {
        session.deliver(0, 0);
        int held = session.packetId(0);
        for (long offset = 1; offset <= 140_000; offset++) {
            session.deliver(offset, 0);
            int id = session.packetId(offset);
            assertTrue(id >= 1 && id <= 65_535 && id != held, "packet id " + id);
            assertNotNull(session.puback(id, 0, 0));
            session.acksConfirmed(1);
        }
        assertEquals(held, session.packetId(0));
    }

    /** Packet ids of the first messages of a session. */
    private static Set<Integer> firstPacketIds(Incarnation edge, long number, int count) {
        Session session = new Session(Life.begin(edge, 4), number, PHONE, count);
        Set<Integer> ids = new HashSet<>();
        for (int offset = 0; offset < count; offset++) {
            session.deliver(offset, 0);
            int id = session.packetId(offset);
            assertTrue(id >= 1 && id <= 65_535, "packet id " + id);
            ids.add(id);
        }
        return ids;
    }

    @Test
    void packetIdsOfSessionsOneAfterAnotherDoNotMeet() {
        Incarnation edge = new Incarnation("edge-1", 7);
        for (long number = 1; number <= 500; number++) {
            Set<Integer> earlier = firstPacketIds(edge, number, 100);
            for (long next = number + 1; next <= number + 50; next++) {
                assertTrue(
                        Collections.disjoint(earlier, firstPacketIds(edge, next, 100)),
                        number + " and " + next);
            }
        }
    }

    @Test
    void packetIdsOfAnEdgeThatStartedAgainBeginElsewhere() {
        Set<Integer> starts = new HashSet<>();
        for (int start = 0; start < 100; start++) {
            for (String name : List.of("edge-1", "edge-2")) {
                Incarnation edge = new Incarnation(name, 1_764_000_000_000L + 1_000L * start);
                starts.addAll(firstPacketIds(edge, 1, 1));
            }
        }
        assertTrue(starts.size() > 190, starts.size() + " of 200");
    }

    @Test
    void endedWaitsForOpenedAndEveryAck() {
        session.deliver(10, 0);
        session.deliver(11, 0);
        session.puback(session.packetId(10), 0, 0);
        assertTrue(session.end(EndReason.TAKEN_OVER));
        assertFalse(session.end(EndReason.CONNECTION_LOST));
        assertNull(session.takeEndedDue(), "opened and one ack are under way");
        session.acksConfirmed(1);
        assertNull(session.takeEndedDue(), "opened is under way");
        session.openedConfirmed(77);
        assertEquals(EndReason.TAKEN_OVER, session.takeEndedDue());
        assertNull(session.takeEndedDue(), "once only");
    }

    @Test
    void nothingCountsOnceItEnds() {
        session.deliver(10, 0);
        int packetId = session.packetId(10);
        session.end(EndReason.KEEP_ALIVE);
        assertEquals(Delivery.OVER, session.deliver(11, 0));
        assertNull(session.puback(packetId, 0, 0));
        assertFalse(session.announce());
    }

    @Test
    void anAnnouncementNamesTheFirstOpenedAndHoldsEndedBack() {
        assertFalse(session.announce(), "not confirmed yet");
        session.openedConfirmed(50);
        assertTrue(session.announce());
        session.end(EndReason.UNSUBSCRIBED);
        assertNull(session.takeEndedDue());
        session.openedConfirmed(90);
        assertEquals(50, session.openedOffset());
        assertEquals(EndReason.UNSUBSCRIBED, session.takeEndedDue());
    }

    @Test
    void anOwnerIsToldWhatItHolds() {
        assertEquals(
                new HeldSession(
                        new DeviceId("phone-1"),
                        3,
                        HeldSession.UNCONFIRMED,
                        HeldSession.NOTHING_SENT),
                session.held());
        session.openedConfirmed(5);
        session.deliver(9, 0);
        assertEquals(new HeldSession(new DeviceId("phone-1"), 3, 5, 9), session.held());
    }

    @Test
    void confirmingWhatWasNotWrittenIsABug() {
        assertThrows(IllegalStateException.class, () -> session.acksConfirmed(1));
        session.openedConfirmed(1);
        assertThrows(IllegalStateException.class, () -> session.openedConfirmed(2));
    }
}
