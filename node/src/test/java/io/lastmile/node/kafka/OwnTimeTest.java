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
    void itRunsAtHalfSpeedWhileTheBrokersClockIsBehind() {
        time.confirmed(10_000, clock.nanoTime());
        assertEquals(10_000, time.nowMs());
        time.confirmed(4_000, clock.nanoTime());
        assertEquals(10_000, time.nowMs());
        clock.advanceMs(7_000);
        assertEquals(13_500, time.nowMs());
        clock.advanceMs(5_000);
        assertEquals(16_000, time.nowMs(), "here the broker has caught up");
        clock.advanceMs(1_000);
        assertEquals(17_000, time.nowMs());
    }

    @Test
    void itGoesOnAcrossHeartbeatsToABrokerWhoseClockIsMinutesBehind() {
        time.confirmed(1_000_000, clock.nanoTime());
        long before = time.nowMs();
        for (int beat = 1; beat <= 4_010; beat++) {
            clock.advanceMs(300);
            time.confirmed(400_000 + beat * 300L, clock.nanoTime());
            long now = time.nowMs();
            assertTrue(now - before >= 149, "it stood still at heartbeat " + beat);
            assertTrue(now - before <= 301, "it jumped at heartbeat " + beat);
            before = now;
        }
        assertEquals(400_000 + 4_010 * 300L, before, "ten minutes behind are met in twenty");
    }

    @Test
    void itNeverGoesBackWhateverBrokersSay() {
        SplittableRandom random = new SplittableRandom(7);
        long before = Long.MIN_VALUE;
        for (int i = 0; i < 10_000; i++) {
            long confirmedAtNs = clock.nanoTime();
            clock.advanceMs(random.nextInt(50));
            time.confirmed(random.nextInt(1_000_000), confirmedAtNs);
            assertTrue(time.nowMs() >= before);
            before = time.nowMs();
        }
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
