package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lastmile.architecture.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive, unpacked somewhere else: it runs without the sources and without Maven. */
class DistributionTest {
    private static String run(Path folder, String... command) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), said);
        assertEquals(0, process.exitValue(), said);
        return said;
    }

    private static List<Path> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.toList());
        }
    }

    @Test
    @Timeout(120)
    void itStartsEverythingFromTheArchiveAlone(@TempDir Path temp) throws Exception {
        List<Path> archives =
                in(SourceTree.root().resolve("distribution").resolve("target")).stream()
                        .filter(file -> file.toString().endsWith(".tar.gz"))
                        .toList();
        assumeTrue(archives.size() == 1, "no archive was made: mvn -pl distribution -am package");
        run(temp, "tar", "-xzf", archives.getFirst().toString());
        Path unpacked = in(temp).getFirst();
        assertTrue(run(unpacked, "./lastmile", "version").startsWith("lastmile 0."));
        String said = run(unpacked, "./lastmile", "dev", "--port-offset", "auto", "--until-ready");
        assertTrue(said.contains("Lastmile is ready"), said);
        assertTrue(Files.exists(unpacked.resolve("LICENSE")));
        String notice = Files.readString(unpacked.resolve("NOTICE"));
        assertTrue(notice.contains("org.apache.kafka:kafka-clients"), notice);
        assertFalse(notice.contains("jmh"), notice);
        assertTrue(
                in(unpacked.resolve("lib")).stream()
                        .noneMatch(jar -> jar.toString().contains("jmh")),
                "JMH is not shipped");
    }
}
