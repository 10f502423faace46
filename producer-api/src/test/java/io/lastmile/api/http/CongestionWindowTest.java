package io.lastmile.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.api.HandClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CongestionWindowTest {
    private static final String CALLER = "127.0.0.1";
    private static final Duration DEADLINE = Duration.ofSeconds(4);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofMillis(2_001);

    private final HandClock clock = new HandClock();
    private final CongestionWindow window = new CongestionWindow(DEADLINE, clock);

    private boolean take() throws InterruptedException {
        return window.await(CALLER, Duration.ZERO);
    }

    private int fill() throws InterruptedException {
        int taken = 0;
        while (take()) {
            taken++;
        }
        return taken;
    }

    /** All of a full window are begun now and end after this time. */
    private void pass(int underWay, Duration took, boolean hasAnswer) {
        long begunNs = clock.nanoTime();
        clock.pass(took);
        for (int i = 0; i < underWay; i++) {
            window.end(CALLER, begunNs, hasAnswer);
        }
    }

    @Test
    void eachWindowfulThatIsConfirmedSoonDoublesIt() throws InterruptedException {
        assertEquals(CongestionWindow.FIRST, fill());
        int expected = CongestionWindow.FIRST;
        while (expected < CongestionWindow.MOST) {
            long begunNs = clock.nanoTime();
            clock.pass(SOON);
            for (int i = 0; i < expected; i++) {
                window.end(CALLER, begunNs, true);
                fill(); // others wait already
            }
            expected *= 2;
            assertEquals(expected, window.size());
        }
        window.end(CALLER, clock.nanoTime(), true);
        assertEquals(1, fill());
        assertEquals(CongestionWindow.MOST, window.size());
    }

    @Test
    void whereOneIsEnoughItDoesNotGrow() throws InterruptedException {
        for (int i = 0; i < 10_000; i++) {
            assertTrue(take());
            pass(1, Duration.ofMillis(1), true);
        }
        assertEquals(CongestionWindow.FIRST, window.size());
    }

    @Test
    void neitherSoonNorLongLeavesItAsItIs() throws InterruptedException {
        pass(fill(), SOON.plusNanos(1), true);
        assertEquals(CongestionWindow.FIRST, window.size());
        pass(fill(), LONG.minusMillis(1), true);
        assertEquals(CongestionWindow.FIRST, window.size());
        assertEquals(CongestionWindow.FIRST, fill());
    }

    @Test
    void whatWasOnItsWayTogetherHalvesItOnce() throws InterruptedException {
        pass(fill(), SOON, true);
        int before = window.size();
        pass(fill(), LONG, true);
        assertEquals(before / 2, window.size());
        assertEquals(before / 2, fill());
        pass(before / 2, Duration.ZERO, false);
        assertEquals(CongestionWindow.LEAST, window.size());
        pass(fill(), Duration.ZERO, false);
        assertEquals(CongestionWindow.LEAST, window.size());
        assertEquals(CongestionWindow.LEAST, fill());
    }

    /** Other bounds may keep what is on its way far below the size. */
    @Test
    void itBecomesHalfOfWhatIsOnItsWay() throws InterruptedException {
        while (window.size() < CongestionWindow.MOST) {
            pass(fill(), Duration.ZERO, true);
        }
        int underWay = 2_000;
        for (int i = 0; i < underWay; i++) {
            assertTrue(take());
        }
        pass(1, LONG, true);
        assertEquals(underWay / 2, window.size());
        pass(underWay - 1, Duration.ZERO, true);
        assertEquals(window.size(), fill());
    }

    @Test
    void whatWasNotHandedOverLeavesItAsItIs() throws InterruptedException {
        int full = fill();
        for (int i = 0; i < full; i++) {
            window.giveBack(CALLER);
        }
        assertEquals(CongestionWindow.FIRST, window.size());
        assertEquals(CongestionWindow.FIRST, fill());
    }

    @Test
    void whatNobodyUsesIsTakenBackAtOnce() throws InterruptedException {
        assertTrue(take());
        pass(1, LONG, true);
        assertEquals(CongestionWindow.LEAST, fill());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void nothingOfItIsLostOrWon(long seed) throws InterruptedException {
        Random random = new Random(seed);
        List<Long> underWay = new ArrayList<>();
        for (int step = 0; step < 100_000; step++) {
            if (random.nextInt(100) < 52) {
                if (take()) {
                    underWay.add(clock.nanoTime());
                }
            } else if (!underWay.isEmpty()) {
                Collections.swap(underWay, random.nextInt(underWay.size()), underWay.size() - 1);
                long begunNs = underWay.removeLast();
                if (random.nextInt(10) == 0) {
                    window.giveBack(CALLER);
                } else {
                    window.end(CALLER, begunNs, random.nextInt(1_000) != 0);
                }
            }
            clock.pass(Duration.ofNanos(random.nextInt(1_000_000)));
        }
        for (long begunNs : underWay) {
            window.end(CALLER, begunNs, true);
        }
        assertEquals(window.size(), fill());
    }
}
