package io.lastmile.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/**
 * Runs seeds and finds every invariant kept. {@code -Dlastmile.simulation.seeds=N} runs as many,
 * {@code -Dlastmile.simulation.minutes=M} as many as that time allows, {@code
 * -Dlastmile.simulation.seed=S} that one alone, with its trace in {@code target/simulation}.
 */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("lastmile.simulation.seeds", 2_000);
    private static final int MINUTES = Integer.getInteger("lastmile.simulation.minutes", 0);
    private static final long FIRST = Long.getLong("lastmile.simulation.first", firstByDefault());
    private static final long ONLY = Long.getLong("lastmile.simulation.seed", -1);
    private static final int FAILURES_MAX = Integer.getInteger("lastmile.simulation.failures", 5);

    /** The same seeds in every build, others in every long run. */
    private static long firstByDefault() {
        return MINUTES > 0 ? System.currentTimeMillis() * 1_000 : 1;
    }

    @Test
    void everyInvariantHolds() throws IOException, InterruptedException {
        if (ONLY >= 0) {
            replay();
            return;
        }
        System.out.println("first seed: " + FIRST);
        long endNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        LongPredicate runsMore =
                MINUTES > 0 ? _ -> System.nanoTime() < endNs : begun -> begun < SEEDS;
        Seeds seeds = new Seeds(FIRST, runsMore, FAILURES_MAX).run();
        System.out.println(seeds);
        assertTrue(seeds.failures().isEmpty(), () -> String.join("\n\n", seeds.failures()));
        if (MINUTES > 0 || SEEDS >= 1_000) {
            assertReached(seeds.figures());
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
