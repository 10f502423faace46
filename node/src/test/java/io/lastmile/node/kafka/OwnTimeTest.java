package io.lastmile.node.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.Incarnation;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OwnTimeTest {
    private final HandClock clock = new HandClock();
    private final OwnTime time = new OwnTime(clock);

    @Test
    void itIsUnknownUntilTheFirstHeartbeat() {
        assertFalse(time.isKnown());
        assertNull(time.sinceConfirmed());
        assertFalse(time.confirmedWithin(Duration.ofDays(1)));
        assertThrows(IllegalStateException.class, time::nowMs);
    }

    @Test
    void itIsTheAppendTimePlusTheTimeSince() {
        time.confirmed(5_000, clock.nanoTime());
        assertEquals(5_000, time.nowMs());
        clock.advanceMs(1_500);
        assertEquals(6_500, time.nowMs());
        assertTrue(time.confirmedWithin(Duration.ofMillis(1_500)));
        assertFalse(time.confirmedWithin(Duration.ofMillis(1_499)));
    }

    @Test
    void itNeverGoesBackWhenTheBrokersClockDoes() {
        time.confirmed(10_000, clock.nanoTime());
        assertEquals(10_000, time.nowMs());
        time.confirmed(4_000, clock.nanoTime());
        assertEquals(10_000, time.nowMs());
        clock.advanceMs(7_000);
        assertEquals(11_000, time.nowMs());
    }

    @Test
    void laterIncarnationsHaveGreaterNumbers() {
        SplittableRandom random = new SplittableRandom(1);
        Incarnation first = Incarnations.begin("edge-1", clock, random);
        assertEquals(clock.nowMs(), first.number() >> 12);
        clock.advanceMs(1);
        assertTrue(Incarnations.begin("edge-1", clock, random).number() > first.number());
        clock.advanceMs(-5_000);
        assertTrue(Incarnations.after(first, clock, random).number() > first.number());
    }
}
