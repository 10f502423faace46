package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private final HeartWorld world = new HeartWorld();
    private final DeviceHeart heart = world.connected(5);
    private final Sessions sessions = world.life.sessions();

    private Session issue() {
        return new Session(world.life, sessions.issue(), heart, 16);
    }

    @Test
    void numbersCountUpAndPartitionsAreApart() {
        assertEquals(0, sessions.highestIssued());
        Session session = issue();
        sessions.add(session);
        assertEquals(1, sessions.highestIssued());
        int partition = session.partition();
        int other = (partition + 1) % HeartWorld.PARTITIONS;
        assertEquals(List.of(session), List.copyOf(sessions.inPartition(partition)));
        assertEquals(List.of(), List.copyOf(sessions.inPartition(other)));
        assertSame(session, sessions.find(partition, session.number()));
        assertNull(sessions.find(other, session.number()));
        assertNull(sessions.find(9, session.number()));
    }

    @Test
    void aRemovedSessionIsHeldNoLonger() {
        Session older = issue();
        Session newer = issue();
        sessions.add(older);
        sessions.add(newer);
        sessions.remove(older);
        assertNull(sessions.find(older.partition(), older.number()));
        assertSame(newer, sessions.find(newer.partition(), newer.number()));
        assertEquals(1, sessions.size());
    }
}
