package io.lastmile.process;

import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.EdgeCertificate;
import io.lastmile.bench.process.JavaLaunch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the processes of these tests live, and the one broker that those share who do not kill it.
 */
final class Processes {
    private static final Path FOLDER = Path.of("target", "process").toAbsolutePath();

    private Processes() {}

    /**
     * The broker that all share, started by the first who asks; each takes topics of its own.
     * {@code -Dlastmile.kafka} names another than ours, as {@link OtherKafka} takes it.
     */
    private static final class SharedKafka {
        private static final String NAME = "shared-kafka";

        static final String BOOTSTRAP = start(System.getProperty("lastmile.kafka", ""));

        private static String start(String which) {
            if (which.isEmpty()) {
                return "127.0.0.1:" + deployment(NAME).kafka().start().port("kafka.port");
            }
            return otherKafka(which, NAME)
                    .orElseThrow(() ->
                            new IllegalStateException(
                                    "there are no jars or no Java here for Kafka " + which))
                    .bootstrap();
        }
    }

    /** The bootstrap server of the shared broker. */
    static String sharedKafka() {
        return SharedKafka.BOOTSTRAP;
    }

    /** Another broker than ours, in an empty folder; nothing where it cannot be run. */
    static Optional<OtherKafka> otherKafka(String which, String name) {
        Path folder = FOLDER.resolve(name);
        delete(folder);
        return OtherKafka.start(which, folder);
    }

    /** A deployment with an empty folder. */
    static Deployment deployment(String name, String... common) {
        Path folder = FOLDER.resolve(name);
        delete(folder);
        List<String> flags = new ArrayList<>(List.of(common));
        flags.add("--kafka.topic-prefix=" + prefix(name));
        flags.add("--kafka.partitions=4");
        return new Deployment(
                JavaLaunch.forTests().with("-Dio.netty.leakDetection.level=paranoid"),
                folder,
                name.equals("shared-kafka") ? List.of() : flags);
    }

    /** A certificate for the edges of a deployment, in its folder. */
    static EdgeCertificate certificate(String deployment) {
        try {
            return EdgeCertificate.make(Files.createDirectories(FOLDER.resolve(deployment)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The topic prefix of a deployment. */
    static String prefix(String name) {
        return name + ".";
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
