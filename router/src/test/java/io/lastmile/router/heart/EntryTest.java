package io.lastmile.router.heart;

import static io.lastmile.router.heart.Heartbench.EDGE_A;
import static io.lastmile.router.heart.Heartbench.PHONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Transport;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A message's life goes by its table, and a step that is not in it is a bug that is noticed. */
final class EntryTest {
    private static final Message BODY = Message.plain(PHONE, Payload.ofText("text"));

    private final Device device = new Device(PHONE);
    private final OpenSession session =
            new OpenSession(
                    device,
                    new Edge(EDGE_A, 0),
                    new PresenceRecord(
                            Heartbench.session(EDGE_A, 1),
                            0,
                            0,
                            Transport.TCP,
                            5,
                            1,
                            16,
                            true,
                            List.of()),
                    16);

    private Entry entry(long notBeforeMs) {
        MessageId id = new MessageId(0, 7);
        return new Entry(
                device,
                7,
                new ParkedRecord(
                        id, 1, 2, 100, notBeforeMs, 4, 0, Urgency.NORMAL, null, null, null));
    }

    @Test
    void aMessageIsLoadedSentReturnedAndSettled() {
        Entry entry = entry(Message.ABSENT);
        entry.load(4);
        assertEquals(Device.NO_ALARM, entry.dueAtMs());
        entry.bodyAtHand(BODY);
        entry.fly(session);
        assertEquals(1, session.inFlight());
        entry.comeBack();
        assertEquals(0, session.inFlight());
        assertEquals(100, entry.dueAtMs());
        entry.fly(session);
        entry.settle();
        assertEquals(0, session.inFlight());
        assertTrue(entry.isSettled());
    }

    @Test
    void aMessageForLaterIsNeverSentWhereItStands() {
        Entry entry = entry(50);
        assertEquals(50, entry.dueAtMs());
        assertThrows(IllegalStateException.class, () -> entry.fly(session));
        assertThrows(IllegalStateException.class, () -> entry.bodyAtHand(BODY));
        entry.load(4);
        entry.appendAgain();
        assertEquals(ParkedRecord.APPENDED_AGAIN, entry.parkedRecord().notBeforeMs());
        assertThrows(IllegalStateException.class, () -> entry.load(4));
        entry.settle();
    }

    @Test
    void nothingHappensToWhatIsSettled() {
        Entry entry = entry(Message.ABSENT);
        entry.settle();
        assertThrows(IllegalStateException.class, entry::settle);
        assertThrows(IllegalStateException.class, entry::park);
        assertThrows(IllegalStateException.class, () -> entry.load(4));
        assertThrows(IllegalStateException.class, () -> entry.fly(session));
    }

    @Test
    void whatIsInFlightDoesNotFlyASecondTime() {
        Entry entry = entry(Message.ABSENT);
        assertThrows(IllegalStateException.class, entry::comeBack);
        entry.fly(session);
        assertThrows(IllegalStateException.class, () -> entry.fly(session));
    }

    @Test
    void whatTurnsOutToBeSentWhileItsBodyIsOnItsWayIsLoadedAnewWhenItComesBack() {
        Entry entry = entry(Message.ABSENT);
        entry.load(4);
        entry.fly(session);
        entry.comeBack();
        assertFalse(entry.isLoading());
        entry.load(4);
    }

    @Test
    void inASessionOffsetsRise() {
        session.sends(7);
        assertThrows(IllegalStateException.class, () -> session.sends(7));
    }
}
