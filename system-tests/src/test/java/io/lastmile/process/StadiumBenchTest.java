package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.stadium.StadiumBench;
import io.lastmile.bench.stadium.StadiumOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The stadium, small: every device is reached once, and both sides' times are there. */
class StadiumBenchTest {
    private static final int DEVICES = 401;

    @Test
    @Timeout(180)
    void aSmallStadiumReachesEverybodyOnce(@TempDir Path folder) throws Exception {
        var options = new StadiumOptions(DEVICES, 250, 200, 2, 1, 2, 4, false, null);
        var out = new PrintWriter(System.out, true, UTF_8);
        BenchResult result = new StadiumBench(options, out).run(folder);
        Map<Figure, Double> figures = result.figures();
        assertEquals("stadium", result.bench());
        assertEquals(DEVICES, figures.get(Figure.DEVICES), figures::toString);
        for (Figure figure : List.of(Figure.LOST, Figure.DUPLICATES, Figure.THROUGHPUT_REFUSED)) {
            assertEquals(0.0, figures.get(figure), figures::toString);
        }
        assertRising(figures, Figure.P50, Figure.P99, Figure.LAST, Figure.SETTLED);
        assertRising(figures, Figure.BARE_P50, Figure.BARE_P99, Figure.BARE_LAST);
        assertTrue(figures.getOrDefault(Figure.P99_RATIO, 0.0) > 0, figures::toString);
        assertTrue(figures.containsKey(Figure.MESSAGE_ROUTER_CPU), figures::toString);
    }

    @Test
    @Timeout(180)
    void aBroadcastReachesTheWholeStadiumOnce(@TempDir Path folder) throws Exception {
        var options = new StadiumOptions(DEVICES, DEVICES, 200, 2, 1, 1, 4, true, null);
        var out = new PrintWriter(System.out, true, UTF_8);
        BenchResult result = new StadiumBench(options, out).run(folder);
        Map<Figure, Double> figures = result.figures();
        assertEquals(DEVICES, figures.get(Figure.DEVICES), figures::toString);
        for (Figure figure : List.of(Figure.LOST, Figure.DUPLICATES)) {
            assertEquals(0.0, figures.get(figure), figures::toString);
        }
        assertRising(figures, Figure.BROADCAST_P50, Figure.BROADCAST_P99, Figure.BROADCAST_LAST);
        for (Figure figure :
                List.of(
                        Figure.BROADCAST_MARKED,
                        Figure.BROADCAST_P99_RATIO,
                        Figure.BROADCAST_TO_SINGLES,
                        Figure.COPY_ROUTER_CPU)) {
            assertTrue(figures.containsKey(figure), figures::toString);
        }
    }

    private static void assertRising(Map<Figure, Double> figures, Figure... rising) {
        double least = Double.MIN_VALUE;
        for (Figure figure : rising) {
            double value = figures.getOrDefault(figure, 0.0);
            assertTrue(value >= least, () -> figure + " in " + figures);
            least = value;
        }
    }
}
