package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.kills.KillsBench;
import io.lastmile.bench.kills.KillsOptions;
import io.lastmile.bench.process.JavaLaunch;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Five kills of routers at random moments; the command does thirty. */
class KillsBenchTest {
    private static final int RATE = 1_000;

    @Test
    @Timeout(240)
    void fiveKillsLoseNothingAndDoubleNothing(@TempDir Path folder) throws Exception {
        long seed = Long.getLong("lastmile.seed", new Random().nextInt(Integer.MAX_VALUE));
        var options = new KillsOptions(5, 3, 100, RATE, 8, seed);
        var out = new PrintWriter(System.out, true, UTF_8);
        BenchResult result = new KillsBench(options, JavaLaunch.forTests(), out).run(folder);
        Map<Figure, Double> figures = result.figures();
        assertTrue(figures.getOrDefault(Figure.THROUGHPUT_MESSAGES, 0.0) > RATE, figures::toString);
        assertEquals(0.0, figures.get(Figure.DUPLICATES), "seed " + seed);
    }
}
