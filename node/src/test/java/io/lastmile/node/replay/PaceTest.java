package io.lastmile.node.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @Test
    void theRateIsHeld() {
        Pace pace = new Pace(1_000);
        long nowNs = 0;
        for (int i = 0; i < 10_000; i++) {
            nowNs += pace.next(nowNs);
        }
        assertEquals(10.0, nowNs / 1e9, 0.01);
    }

    @Test
    void aShortDelayIsMadeUpForAndALongOneIsNot() {
        Pace pace = new Pace(10);
        assertEquals(0, pace.next(0));
        assertEquals(0, pace.next(SECOND_NS / 2), "due at 0.1 s");
        assertEquals(0, pace.next(60 * SECOND_NS));
        int burst = 0;
        while (pace.next(60 * SECOND_NS) == 0) {
            burst++;
        }
        assertTrue(burst <= 10, burst + " at once after a minute's pause");
    }
}
