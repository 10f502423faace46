package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.micro.MicroBench;
import io.lastmile.bench.micro.MicroFigure;
import io.lastmile.bench.micro.MicroOptions;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks of the hot parts, one of them and as short as can be: it runs and has figures. */
class MicroBenchTest {
    @Test
    @Timeout(60)
    void aQuickRunOfTheHeartHasAFigure(@TempDir Path folder) throws Exception {
        System.setProperty("jmh.ignoreLock", "true"); // somebody may be measuring on this machine
        var out = new PrintWriter(System.out, true, UTF_8);
        var bench = new MicroBench(new MicroOptions(List.of("OnlineDevices.deliver"), true), out);
        List<MicroFigure> figures = bench.run();
        assertEquals(1, figures.size(), figures::toString);
        MicroFigure figure = figures.getFirst();
        assertEquals("OnlineDevices.deliver devices=1000", figure.name());
        assertTrue(figure.ns() > 0 && figure.bytes() > 0, figure::toString);
        Path json = folder.resolve("micro.json");
        bench.write(json, figures);
        assertTrue(Files.readString(json).contains("\"OnlineDevices.deliver devices=1000\""));
    }

    @Test
    void aNameThatNothingHasMeasuresNothing() throws Exception {
        var out = new PrintWriter(System.out, true, UTF_8);
        var bench = new MicroBench(new MicroOptions(List.of("no such name"), true), out);
        assertEquals(List.of(), bench.run());
    }
}
