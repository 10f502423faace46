package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.throughput.FanInBench;
import io.lastmile.bench.throughput.FanInOptions;
import io.lastmile.bench.throughput.LoadOptions;
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
    private static final LoadOptions LOAD = new LoadOptions(200, 50, 1_000, 2, 2, 1, 4);

    @Test
    @Timeout(180)
    void aSmallRunLosesAndDoublesNothing(@TempDir Path folder) throws Exception {
        var options = new ThroughputOptions(LOAD, 2, false, null, null);
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

    @Test
    @Timeout(180)
    void manyProducersLoseAndDoubleNothing(@TempDir Path folder) throws Exception {
        var options = new FanInOptions(LOAD, 8, 2);
        var out = new PrintWriter(System.out, true, UTF_8);
        BenchResult result = new FanInBench(options, out).run(folder);
        Map<Figure, Double> figures = result.figures();
        assertEquals("fanin", result.bench());
        double posted = figures.getOrDefault(Figure.FAN_IN_POSTED, 0.0);
        assertTrue(posted > 0 && posted < 1, figures::toString);
        for (Figure figure : List.of(Figure.LOST, Figure.DUPLICATES, Figure.THROUGHPUT_REFUSED)) {
            assertEquals(0.0, figures.get(figure), figures::toString);
        }
    }
}
