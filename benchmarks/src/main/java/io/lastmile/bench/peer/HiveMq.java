package io.lastmile.bench.peer;

import io.lastmile.bench.process.CommandRun;
import io.lastmile.bench.process.JavaLaunch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A HiveMQ CE that keeps nothing on disk. Its jars are no part of ours: Maven fetches them. */
public final class HiveMq {
    /** The version that Maven fetches. */
    public static final String VERSION = "2025.5";

    private static final String FETCH =
            "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath";
    private static final Duration FETCHED_WITHIN = Duration.ofMinutes(10);

    private static final List<String> OPENED =
            List.of(
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
                    "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");

    private HiveMq() {}

    /**
     * Fetches and starts it in a folder.
     *
     * @param java whose JVM and flags it is started with
     */
    public static Broker start(JavaLaunch java, Path folder) throws IOException {
        return Broker.start(
                "hivemq",
                folder,
                (own, port) -> {
                    Path configurations = Files.createDirectories(own.resolve("conf"));
                    Files.writeString(configurations.resolve("config.xml"), configuration(port));
                    List<String> words = new ArrayList<>();
                    words.add(java.java().toString());
                    words.addAll(java.flags());
                    words.addAll(OPENED);
                    words.add("-Dhivemq.home=" + own);
                    Path main = own.resolve("Open.java");
                    Files.writeString(main, openToAll());
                    words.addAll(List.of("-cp", classPath(own), main.toString()));
                    return words;
                });
    }

    private static String classPath(Path folder) throws IOException {
        Path pom = folder.resolve("pom.xml");
        Path classPath = folder.resolve("class-path");
        Files.writeString(pom, pom());
        CommandRun run =
                CommandRun.ofProgram(
                        FETCHED_WITHIN,
                        "mvn",
                        "-B",
                        "-q",
                        "-f",
                        pom.toString(),
                        FETCH,
                        "-Dmdep.outputFile=" + classPath);
        if (run.exitCode() != 0) {
            throw new IllegalStateException("Maven does not fetch HiveMQ: " + run.output());
        }
        return Files.readString(classPath).strip();
    }

    private static String pom() {
        return """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>io.lastmile.peer</groupId>
          <artifactId>hivemq</artifactId>
          <version>1</version>
          <dependencies>
            <dependency>
              <groupId>com.hivemq</groupId>
              <artifactId>hivemq-community-edition-embedded</artifactId>
              <version>%s</version>
            </dependency>
          </dependencies>
        </project>
        """
                .formatted(VERSION);
    }

    /**
     * Without an extension that says who may connect, nobody may; this is where that is decided.
     */
    private static String openToAll() {
        return """
        import com.hivemq.HiveMQServer;
        import com.hivemq.configuration.service.InternalConfigurations;

        public class Open {
            public static void main(String[] args) throws Exception {
                InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(false);
                HiveMQServer.main(args);
            }
        }
        """;
    }

    private static String configuration(int port) {
        return """
        <hivemq>
          <listeners>
            <tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener>
          </listeners>
          <persistence><mode>in-memory</mode></persistence>
          <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
        </hivemq>
        """
                .formatted(port);
    }
}
