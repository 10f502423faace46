package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.throughput.ThroughputBench;
import io.lastmile.bench.throughput.ThroughputOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark of throughput, small: its ledger is balanced and its figures are there. */
class ThroughputBenchTest {
    @Test
    @Timeout(180)
    void aSmallRunLosesAndDoublesNothing(@TempDir Path folder) throws Exception {
        var options = new ThroughputOptions(200, 50, 2, 1_000, 2, 2, 1, 4, false, null, null);
        var out = new PrintWriter(System.out, true, UTF_8);
        BenchResult result = new ThroughputBench(options, out).run(folder);
        Map<Figure, Double> figures = result.figures();
        assertEquals("throughput", result.bench());
        for (Figure figure :
                List.of(
                        Figure.THROUGHPUT,
                        Figure.BARE_THROUGHPUT,
                        Figure.THROUGHPUT_RATIO,
                        Figure.THROUGHPUT_MESSAGES,
                        Figure.MESSAGE_ROUTER_CPU)) {
            assertTrue(figures.getOrDefault(figure, 0.0) > 0, figures::toString);
        }
        for (Figure figure : List.of(Figure.LOST, Figure.DUPLICATES, Figure.THROUGHPUT_REFUSED)) {
            assertEquals(0.0, figures.get(figure), figures::toString);
        }
    }
}
