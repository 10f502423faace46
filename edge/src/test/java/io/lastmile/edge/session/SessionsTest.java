package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final DeviceId DEVICE = new DeviceId("phone-1");
    private final Sessions<Session> sessions = new Sessions<>(4);

    private Session issue() {
        return new Session(new Incarnation("edge-1", 7), sessions.issue(), DEVICE, 2, 16);
    }

    @Test
    void aLateCloseDoesNotEraseANewerSession() {
        Session older = issue();
        assertNull(sessions.add(older));
        Session newer = issue();
        assertSame(older, sessions.add(newer));
        sessions.remove(older);
        assertSame(newer, sessions.newest(DEVICE));
        assertNull(sessions.find(2, older.number()));
        assertSame(newer, sessions.find(2, newer.number()));
        sessions.remove(newer);
        assertNull(sessions.newest(DEVICE));
        assertEquals(0, sessions.size());
    }

    @Test
    void theHigherNumberIsTheNewestInWhateverOrderTheyAreAdded() {
        Session older = issue();
        Session newer = issue();
        assertNull(sessions.add(newer));
        assertNull(sessions.add(older));
        assertSame(newer, sessions.newest(DEVICE));
        assertEquals(2, sessions.size(), "both are held until they have ended");
    }

    @Test
    void numbersCountUpAndPartitionsAreApart() {
        assertEquals(0, sessions.highestIssued());
        Session session = issue();
        sessions.add(session);
        assertEquals(1, sessions.highestIssued());
        assertEquals(List.of(session), List.copyOf(sessions.inPartition(2)));
        assertEquals(List.of(), List.copyOf(sessions.inPartition(1)));
        assertNull(sessions.find(1, session.number()));
        assertNull(sessions.find(9, session.number()));
    }
}
