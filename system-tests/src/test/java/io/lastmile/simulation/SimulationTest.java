package io.lastmile.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Runs seeds and finds every invariant kept. {@code -Dlastmile.simulation.seeds=N} runs as many,
 * {@code -Dlastmile.simulation.seed=S} that one alone, with its trace in {@code target/simulation}.
 */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("lastmile.simulation.seeds", 300);
    private static final long ONLY = Long.getLong("lastmile.simulation.seed", -1);
    private static final int REPORTS_MAX = 5;

    @Test
    void everyInvariantHolds() throws IOException {
        if (ONLY >= 0) {
            replay();
            return;
        }
        List<String> failures = new ArrayList<>();
        Map<String, Long> figures = new TreeMap<>();
        for (long seed = 1; seed <= SEEDS && failures.size() < REPORTS_MAX; seed++) {
            Simulation.Result result = Simulation.run(seed, null, false);
            result.figures().forEach((name, count) -> figures.merge(name, count, Long::sum));
            if (result.failure() != null) {
                failures.add(result.report());
            }
        }
        System.out.println(SEEDS + " seeds: " + figures);
        assertTrue(failures.isEmpty(), () -> String.join("\n\n", failures));
        if (SEEDS >= 100) {
            assertReached(figures);
        }
    }

    private static void replay() throws IOException {
        Simulation.Result result = Simulation.run(ONLY, null, true);
        Path trace = Path.of("target", "simulation", "seed-" + ONLY + ".trace");
        Files.createDirectories(trace.getParent());
        Files.write(trace, result.trace());
        System.out.println(trace.toAbsolutePath() + " " + result.figures());
        assertNull(result.failure(), () -> result.report() + "\n" + trace.toAbsolutePath());
    }

    /** Seeds in which nothing of this happens would say little. */
    private static void assertReached(Map<String, Long> figures) {
        for (String name :
                List.of(
                        "delivered",
                        "expired",
                        "overflowed",
                        "edges_gone",
                        "take_overs_run_out",
                        "duplicate_PUBACK_LOST",
                        "duplicate_EDGE_LOST")) {
            assertTrue(figures.getOrDefault(name, 0L) > 0, () -> name + " in " + figures);
        }
    }

    @Test
    void aSeedIsTheSameEveryTime() {
        for (long seed = 1; seed <= 5; seed++) {
            Simulation.Result once = Simulation.run(seed, null, false);
            Simulation.Result again = Simulation.run(seed, null, true);
            assertEquals(once.traceHash(), again.traceHash(), "seed " + seed);
            assertFalse(again.trace().isEmpty());
            assertNotEquals(once.traceHash(), Simulation.run(seed + 100, null, false).traceHash());
        }
    }
}
