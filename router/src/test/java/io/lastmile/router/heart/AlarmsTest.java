package io.lastmile.router.heart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlarmsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void areHandedOutInTheOrderOfTimeThoughPrunedMeanwhile(long seed) {
        Random random = new Random(seed);
        Alarms alarms = new Alarms();
        List<Long> expected = new ArrayList<>();
        for (int handle = 0; handle < 5_000; handle++) {
            long timeMs = random.nextInt(1_000);
            alarms.add(timeMs, handle);
            if (handle % 3 == 0) {
                expected.add(timeMs);
            }
        }
        alarms.prune((_, handle) -> handle % 3 == 0);
        List<Long> due = new ArrayList<>();
        alarms.takeDue(1_000, Integer.MAX_VALUE, (timeMs, _) -> due.add(timeMs));
        expected.sort(null);
        assertEquals(expected, due, "seed " + seed);
    }

    @Test
    void noMoreThanAskedForAndNoneBeforeItsTime() {
        Alarms alarms = new Alarms();
        List<Integer> due = new ArrayList<>();
        alarms.add(20, 2);
        alarms.add(10, 1);
        alarms.add(30, 3);
        alarms.takeDue(25, 1, (_, handle) -> due.add(handle));
        assertEquals(List.of(1), due);
        alarms.takeDue(25, 5, (_, handle) -> due.add(handle));
        assertEquals(List.of(1, 2), due);
        assertEquals(1, alarms.size());
    }
}
