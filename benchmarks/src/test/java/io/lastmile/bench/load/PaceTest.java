package io.lastmile.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A pace that let late sends move later ones would hide what it has to show. */
class PaceTest {
    @Test
    void sendsAreDueAtAFixedDistanceFromTheStart() {
        Pace pace = new Pace(1_000, 4);
        assertEquals(1_000, pace.dueNs(0));
        assertEquals(1_000 + 250_000_000L, pace.dueNs(1));
        assertEquals(1_000 + 1_000_000_000L * 900, pace.dueNs(3_600));
    }

    @Test
    void aLateSendIsNotWaitedForAndKeepsItsTime() {
        long startNs = System.nanoTime() - 3_600_000_000_000L;
        Pace pace = new Pace(startNs, 1);
        assertEquals(startNs + 5_000_000_000L, pace.awaitDue(5));
    }

    @Test
    void anEarlySendWaits() {
        Pace pace = new Pace(System.nanoTime(), 50);
        assertEquals(pace.dueNs(1), pace.awaitDue(1));
        assertTrue(System.nanoTime() >= pace.dueNs(1));
    }
}
