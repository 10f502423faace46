package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.api.ApiBench;
import io.lastmile.bench.api.ApiOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark of the API, small: it runs and every figure is there. */
class ApiBenchTest {
    @Test
    @Timeout(180)
    void aSmallRunMeasuresEverything(@TempDir Path folder) throws Exception {
        var options = new ApiOptions(4, 1, 50, 1, 1, 4);
        var out = new PrintWriter(System.out, true, UTF_8);
        BenchResult result = new ApiBench(options, out).run(folder);
        Map<Figure, Double> figures = result.figures();
        assertEquals("api", result.bench());
        for (Figure figure :
                List.of(
                        Figure.POSTS,
                        Figure.BARE_SYNC_SENDS,
                        Figure.POSTS_RATIO,
                        Figure.LINES,
                        Figure.BARE_BATCHED_SENDS,
                        Figure.LINES_RATIO)) {
            assertTrue(figures.getOrDefault(figure, 0.0) > 0, figures::toString);
        }
    }
}
