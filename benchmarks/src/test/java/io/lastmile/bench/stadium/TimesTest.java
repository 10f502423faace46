package io.lastmile.bench.stadium;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TimesTest {
    private static final long BEGAN_NS = 5_000_000;

    @Test
    void percentilesAreTimesThatWereMeasured() {
        // 200 down to 1 ms after the beginning, and two devices that were given nothing
        long[] givenNs =
                LongStream.concat(
                                LongStream.rangeClosed(1, 200)
                                        .map(i -> BEGAN_NS + (201 - i) * 1_000_000),
                                LongStream.of(0, 0))
                        .toArray();
        Times times = new Times(BEGAN_NS, givenNs);
        assertEquals(200, times.count());
        assertEquals(100.0, times.percentileMs(50));
        assertEquals(198.0, times.percentileMs(99));
        assertEquals(200.0, times.percentileMs(100));
    }

    @Test
    void aPercentileOfFewIsTheOneThatCoversIt() {
        Times times = new Times(0, new long[] {3_000_000, 1_000_000, 2_000_000});
        assertEquals(2.0, times.percentileMs(50));
        assertEquals(3.0, times.percentileMs(99));
    }

    @Test
    void nobodyIsNoTime() {
        assertEquals(0.0, new Times(BEGAN_NS, new long[3]).percentileMs(99));
    }
}
