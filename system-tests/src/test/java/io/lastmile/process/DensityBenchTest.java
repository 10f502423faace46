package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.density.DensityBench;
import io.lastmile.bench.density.DensityOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark of idle connections, small: it runs and every figure is there. */
class DensityBenchTest {
    @Test
    @Timeout(180)
    void aSmallRunMeasuresEverything(@TempDir Path folder) throws Exception {
        var options = new DensityOptions(40, 200, 2, 1);
        var out = new PrintWriter(System.out, true, UTF_8);
        BenchResult result = new DensityBench(options, out).run(folder);
        Map<Figure, Double> figures = result.figures();
        assertEquals("density", result.bench());
        assertTrue(figures.containsKey(Figure.HEAP_PER_CONNECTION), figures::toString);
        // So few connections disappear in the noise of a JVM: only that it measured is told.
        assertTrue(figures.containsKey(Figure.PROCESS_PER_CONNECTION_UPPER), figures::toString);
        assertTrue(figures.containsKey(Figure.KERNEL_PER_CONNECTION_UPPER), figures::toString);
        assertTrue(
                figures.getOrDefault(Figure.TLS_PROCESS_PER_CONNECTION, 0.0) > 0,
                figures::toString);
        assertTrue(figures.getOrDefault(Figure.FULL_GC, 0.0) > 0, figures::toString);
    }
}
