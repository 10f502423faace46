package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.storm.StormBench;
import io.lastmile.bench.storm.StormOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The storm of connections, small: nobody is refused and every session is in Kafka. */
class StormBenchTest {
    @Test
    @Timeout(180)
    void aSmallStormIsToldToKafka(@TempDir Path folder) throws Exception {
        var options = new StormOptions(2, 2, 1, 1, 40, 200, 100, null);
        var out = new PrintWriter(System.out, true, UTF_8);
        BenchResult result = new StormBench(options, out).run(folder);
        Map<Figure, Double> figures = result.figures();
        assertEquals("storm", result.bench());
        assertTrue(figures.getOrDefault(Figure.CONNECTS, 0.0) > 0, figures::toString);
        assertTrue(figures.getOrDefault(Figure.SERVER_CPU, 0.0) > 0, figures::toString);
        assertEquals(0.0, figures.get(Figure.REFUSED_CONNECTS), figures::toString);
        assertEquals(0.0, figures.get(Figure.UNANNOUNCED), figures::toString);
    }
}
