package io.lastmile.router.heart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CommitPaceTest {
    private static final long INTERVAL_MS = 250;
    private static final long TICK_MS = 25;

    @Test
    void whatIsAlwaysBusyCommitsOnceAnInterval() {
        CommitPace pace = new CommitPace(3, INTERVAL_MS, 1_000);
        assertEquals(40, Arrays.stream(commits(pace, 1_000, 11_000)).sum());
    }

    @Test
    void whatWasQuietCommitsAtOnce() {
        CommitPace pace = new CommitPace(3, INTERVAL_MS, 1_000);
        assertFalse(pace.isDue(1_249));
        assertTrue(pace.isDue(1_250));
        assertTrue(pace.isDue(99_999));
    }

    @Test
    void partitionsThatAreBusyDoNotCommitTogether() {
        int[] together = new int[(int) (INTERVAL_MS / TICK_MS)];
        for (int partition = 0; partition < 16; partition++) {
            CommitPace pace = new CommitPace(partition, INTERVAL_MS, 1_000);
            commits(pace, 1_000, 2_000);
            int[] commits = commits(pace, 2_000, 2_000 + INTERVAL_MS);
            Arrays.setAll(together, tick -> together[tick] + commits[tick]);
        }
        assertEquals(16, Arrays.stream(together).sum());
        assertTrue(Arrays.stream(together).max().orElseThrow() <= 2, Arrays.toString(together));
    }

    /** Whether there is one in each tick. */
    private static int[] commits(CommitPace pace, long fromMs, long toMs) {
        int[] commits = new int[(int) ((toMs - fromMs) / TICK_MS)];
        for (int tick = 0; tick < commits.length; tick++) {
            long nowMs = fromMs + tick * TICK_MS;
            if (pace.isDue(nowMs)) {
                pace.began(nowMs);
                commits[tick] = 1;
            }
        }
        return commits;
    }
}
