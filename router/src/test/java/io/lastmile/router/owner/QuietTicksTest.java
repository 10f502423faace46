package io.lastmile.router.owner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class QuietTicksTest {
    private final QuietTicks ticks = new QuietTicks();

    @Test
    void everyTickIsToldWhileThereIsSomethingToCommit() {
        assertEquals(20, toldOf(20, false));
    }

    @Test
    void oneInFiveIsToldWhileNothingHappens() {
        assertTrue(ticks.isTold());
        ticks.told(true);
        assertEquals(4, toldOf(20, true));
    }

    @Test
    void theNextTickIsToldAfterSomethingHappened() {
        ticks.told(true);
        assertEquals(0, toldOf(2, true));
        ticks.happened();
        assertTrue(ticks.isTold());
    }

    private int toldOf(int due, boolean settledDown) {
        int told = 0;
        for (int i = 0; i < due; i++) {
            if (ticks.isTold()) {
                told++;
                ticks.told(settledDown);
            }
        }
        return told;
    }
}
