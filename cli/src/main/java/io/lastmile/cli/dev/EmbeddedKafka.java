package io.lastmile.cli.dev;

import io.lastmile.cli.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Apache Kafka node in this process, its log on disk. It is ready for clients when the
 * constructor returns (of several nodes: when a majority runs).
 */
public final class EmbeddedKafka implements AutoCloseable {
    private final KafkaNode node;
    private final KafkaRaftServer server;

    /**
     * Formats the data folder if it is new and starts the node.
     *
     * @throws CommandException where it does not start
     */
    public EmbeddedKafka(KafkaNode node) {
        this.node = node;
        Properties properties = node.properties();
        try {
            Files.createDirectories(node.data());
            format(node);
            server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
            server.startup();
        } catch (Exception e) {
            throw CommandException.failed(
                    "Kafka did not start in " + node.data() + ": " + firstLine(e));
        }
    }

    private static void format(KafkaNode node) throws Exception {
        Path formatted = node.data().resolve("meta.properties");
        if (Files.exists(formatted)) {
            return;
        }
        new Formatter()
                .setPrintStream(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()))
                .setNodeId(node.id())
                .setClusterId(KafkaNode.CLUSTER_ID)
                .addDirectory(node.data().toAbsolutePath().toString())
                .setMetadataLogDirectory(node.data().toAbsolutePath().toString())
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setControllerListenerName("CONTROLLER")
                .setIgnoreFormatted(true)
                .run();
    }

    /** Where clients find it. */
    public String bootstrap() {
        return node.bootstrap();
    }

    /** Waits until the node ends, by {@link #close()} of another thread or by itself. */
    public void await() {
        server.awaitShutdown();
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
