package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.bench.process.CommandRun;
import io.lastmile.bench.process.FreePorts;
import io.lastmile.bench.process.OtherProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * One broker as others run it: Kafka's own main class, with next to no settings, in a process. Its
 * release is any that Maven finds, or ours with the older protocol of consumer groups only.
 */
final class OtherKafka implements AutoCloseable {
    /** Ours, where members of groups cannot use the newer protocol. */
    static final String CLASSIC = "classic";

    /** The oldest that Lastmile says it runs with. */
    static final String OLDEST = "3.0.0";

    private static final Duration RESOLVED_WITHIN = Duration.ofMinutes(5);
    private static final Duration ANSWERS_WITHIN = Duration.ofMinutes(1);
    private static final Duration FORMATTED_WITHIN = Duration.ofMinutes(1);

    /** Kafka 3 asks for what Java 24 has taken away. */
    private static final int JAVA_MAX = 23;

    private static final int JAVA_MIN = 11;
    private static final Pattern JAVA_MAJOR = Pattern.compile("version \"([0-9]+)");

    private final OtherProcess process;
    private final int port;

    private OtherKafka(OtherProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** A Java and the jars that it is given. */
    private record Program(Path java, String classPath) {
        String[] line(String main, Path settings, String... arguments) {
            return Stream.concat(
                            Stream.of(
                                    java.toString(),
                                    "-Xmx384m",
                                    "-XX:+UseSerialGC",
                                    "-cp",
                                    classPath,
                                    main),
                            Stream.concat(Stream.of(arguments), Stream.of(settings.toString())))
                    .toArray(String[]::new);
        }
    }

    /**
     * Starts it and waits until it answers.
     *
     * @param which a release, or {@link #CLASSIC}
     * @param folder empty; its log is there
     * @return nothing where this machine has no jars or no Java for it
     */
    static Optional<OtherKafka> start(String which, Path folder) {
        try {
            return started(which, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<OtherKafka> started(String which, Path folder) throws IOException {
        Files.createDirectories(folder);
        Optional<Program> found = which.equals(CLASSIC) ? Optional.of(ours()) : released(which);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Program program = found.get();
        int port = FreePorts.next();
        Path settings =
                Files.writeString(folder.resolve("settings"), settings(which, folder, port));
        CommandRun formatted =
                CommandRun.ofProgram(
                        FORMATTED_WITHIN,
                        program.line(
                                "kafka.tools.StorageTool",
                                settings,
                                "format",
                                "-t",
                                "bGFzdG1pbGUtZGV2LWt2MQ",
                                "-c"));
        assertEquals(0, formatted.exitCode(), formatted.errors());
        var process =
                new OtherProcess(
                        folder.resolve("out"), List.of(program.line("kafka.Kafka", settings)));
        var kafka = new OtherKafka(process, port);
        kafka.awaitAnswer();
        return Optional.of(kafka);
    }

    private static String settings(String which, Path folder, int port) {
        int controller = FreePorts.next();
        Map<String, String> values = new TreeMap<>();
        values.put("node.id", "1");
        values.put("process.roles", "broker,controller");
        values.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        values.put("controller.listener.names", "CONTROLLER");
        values.put("inter.broker.listener.name", "CLIENTS");
        values.put(
                "listeners",
                "CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller);
        values.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
        values.put("log.dirs", folder.resolve("data").toString());
        values.put("auto.create.topics.enable", "false");
        values.put("offsets.topic.replication.factor", "1");
        values.put("transaction.state.log.replication.factor", "1");
        values.put("transaction.state.log.min.isr", "1");
        values.put("log.cleaner.dedupe.buffer.size", "4194304"); // the default takes 128 MiB
        if (which.equals(CLASSIC)) {
            values.put("group.coordinator.rebalance.protocols", "classic");
        }
        return values.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private void awaitAnswer() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
            await().atMost(ANSWERS_WITHIN)
                    .untilAsserted(
                            () -> assertEquals(1, admin.describeCluster().nodes().get().size()));
        }
    }

    /** Where clients find it. */
    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    private static Program ours() {
        return new Program(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"));
    }

    private static Optional<Program> released(String release) throws IOException {
        Optional<Path> java = javaFor(release);
        Optional<String> classPath = classPathOf(release);
        return java.flatMap(path -> classPath.map(jars -> new Program(path, jars)));
    }

    private static Optional<String> classPathOf(String release) throws IOException {
        Path file = Path.of("target", "kafka-" + release + ".classpath").toAbsolutePath();
        Path pom = Path.of("src", "test", "resources", "kafka", "broker.xml").toAbsolutePath();
        CommandRun.ofProgram(
                RESOLVED_WITHIN,
                "mvn",
                "-B",
                "-q",
                "-f",
                pom.toString(),
                "dependency:build-classpath",
                "-Dkafka.release=" + release,
                "-Dmdep.outputFile=" + file);
        return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    }

    private static Optional<Path> javaFor(String release) throws IOException {
        if (Integer.parseInt(release.substring(0, release.indexOf('.'))) > 3) {
            return Optional.of(ours().java());
        }
        Path all = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(all)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(all)) {
            return homes.filter(OtherKafka::suits)
                    .findFirst()
                    .map(home -> home.resolve("bin/java"));
        }
    }

    private static boolean suits(Path home) {
        Path java = home.resolve("bin").resolve("java");
        if (!Files.isExecutable(java)) {
            return false;
        }
        CommandRun asked =
                CommandRun.ofProgram(Duration.ofSeconds(30), java.toString(), "-version");
        Matcher major = JAVA_MAJOR.matcher(asked.errors());
        if (!major.find()) {
            return false;
        }
        int version = Integer.parseInt(major.group(1));
        return version >= JAVA_MIN && version <= JAVA_MAX;
    }

    @Override
    public void close() {
        process.close();
    }
}
