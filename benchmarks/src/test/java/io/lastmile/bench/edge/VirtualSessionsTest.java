package io.lastmile.bench.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.Partitions;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VirtualSessionsTest {
    private static final int PARTITIONS = 4;

    private final DeviceGroup first = new DeviceGroup("first-", 30, true);
    private final DeviceGroup second = new DeviceGroup("second-", 20, false);
    private final VirtualSessions sessions =
            new VirtualSessions(List.of(first, second), PARTITIONS);

    @Test
    void everyIdHasTheSameLengthAndIsADifferentOne() {
        Set<String> ids = new HashSet<>();
        for (int device = 0; device < 50; device++) {
            String id = sessions.id(device).value();
            assertEquals(DeviceGroup.ID_BYTES, id.length());
            assertTrue(ids.add(id), id);
        }
        assertEquals(first.id(29), sessions.id(29));
        assertEquals(second.id(0), sessions.id(sessions.first(second)));
    }

    @Test
    void anAnswerHoldsTheOpenSessionsOfItsPartition() {
        for (int device = 0; device < 50; device++) {
            sessions.open(device);
        }
        sessions.close(7);
        List<HeldSession> all = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (HeldSession held : sessions.held(partition)) {
                assertEquals(partition, Partitions.of(held.device(), PARTITIONS));
                all.add(held);
            }
        }
        assertEquals(49, all.size());
        assertEquals(49, sessions.open());
        assertEquals(50, sessions.highestIssued());
    }

    @Test
    void aSessionThatWasReplacedIsNotFoundAnyMore() {
        long older = sessions.open(3);
        long newer = sessions.open(3);
        assertEquals(VirtualSessions.NONE, sessions.device(older));
        assertEquals(3, sessions.device(newer));
        assertEquals(1, sessions.open());
        sessions.confirmed(3, older, 10);
        assertEquals(HeldSession.UNCONFIRMED, sessions.openedOffset(3));
        sessions.confirmed(3, newer, 11);
        assertEquals(11, sessions.openedOffset(3));
    }

    @Test
    void anOffsetIsTakenOnceInASession() {
        sessions.open(5);
        assertTrue(sessions.take(5, 100));
        assertFalse(sessions.take(5, 100));
        assertFalse(sessions.take(5, 99));
        sessions.open(5);
        assertTrue(sessions.take(5, 99), "a new session begins anew");
    }
}
