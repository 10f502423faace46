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
    void numbersCountUpAndPartitionsAreApart() {
        assertEquals(0, sessions.highestIssued());
        Session session = issue();
        sessions.add(session);
        assertEquals(1, sessions.highestIssued());
        assertEquals(List.of(session), List.copyOf(sessions.inPartition(2)));
        assertEquals(List.of(), List.copyOf(sessions.inPartition(1)));
        assertSame(session, sessions.find(2, session.number()));
        assertNull(sessions.find(1, session.number()));
        assertNull(sessions.find(9, session.number()));
    }

    @Test
    void aRemovedSessionIsHeldNoLonger() {
        Session older = issue();
        Session newer = issue();
        sessions.add(older);
        sessions.add(newer);
        sessions.remove(older);
        assertNull(sessions.find(2, older.number()));
        assertSame(newer, sessions.find(2, newer.number()));
        assertEquals(1, sessions.size());
    }
}
