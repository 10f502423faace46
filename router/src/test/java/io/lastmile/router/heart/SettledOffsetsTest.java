package io.lastmile.router.heart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside a set of the JDK's, with random offsets. */
class SettledOffsetsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void itHoldsWhatASetHolds(long seed) {
        Random random = new Random(seed);
        long lowest = random.nextLong(1L << 50);
        SettledOffsets settled = new SettledOffsets(lowest);
        TreeSet<Long> model = new TreeSet<>();
        for (int i = 0; i < 20_000; i++) {
            long offset = lowest + random.nextInt(random.nextBoolean() ? 100 : 20_000);
            assertEquals(model.contains(offset), settled.contains(offset), "seed " + seed);
            settled.add(offset);
            model.add(offset);
            if (random.nextInt(50) == 0) {
                lowest += random.nextInt(random.nextInt(10) == 0 ? 60_000 : 500);
                settled.forgetBelow(lowest);
                model.headSet(lowest).clear();
                assertArrayEquals(
                        model.stream().mapToLong(Long::longValue).toArray(),
                        settled.rising(),
                        "seed " + seed);
            }
        }
    }
}
