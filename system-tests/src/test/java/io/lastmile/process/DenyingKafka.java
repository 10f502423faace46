package io.lastmile.process;

import io.lastmile.bench.process.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A broker in this process that asks who is there and denies what no ACL allows. A user's password
 * is its name; {@code admin} may do everything.
 */
final class DenyingKafka implements AutoCloseable {
    private final String bootstrap;
    private final KafkaRaftServer server;

    DenyingKafka(Path data, List<String> users) throws Exception {
        int port = FreePorts.next();
        int controller = FreePorts.next();
        bootstrap = "127.0.0.1:" + port;
        Files.createDirectories(data);
        new Formatter()
                .setPrintStream(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()))
                .setNodeId(1)
                .setClusterId("bGFzdG1pbGUtZGV2LWt2MQ")
                .addDirectory(data.toString())
                .setMetadataLogDirectory(data.toString())
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setControllerListenerName("CONTROLLER")
                .run();
        var properties = new Properties();
        properties.putAll(properties(data, port, controller, users));
        server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        server.startup();
    }

    private static Map<String, String> properties(
            Path data, int port, int controller, List<String> users) {
        StringBuilder jaas =
                new StringBuilder(
                        "org.apache.kafka.common.security.plain.PlainLoginModule required user_admin=\"admin\"");
        users.forEach(user -> jaas.append(" user_%s=\"%s\"".formatted(user, user)));
        return Map.ofEntries(
                Map.entry("node.id", "1"),
                Map.entry("process.roles", "broker,controller"),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controller),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("inter.broker.listener.name", "BROKERS"),
                Map.entry(
                        "listeners",
                        "CLIENTS://127.0.0.1:%d,BROKERS://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                                .formatted(port, FreePorts.next(), controller)),
                Map.entry(
                        "listener.security.protocol.map",
                        "CLIENTS:SASL_PLAINTEXT,BROKERS:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("listener.name.clients.sasl.enabled.mechanisms", "PLAIN"),
                Map.entry("listener.name.clients.plain.sasl.jaas.config", jaas + ";"),
                Map.entry(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                // The broker speaks with itself as nobody; clients cannot be nobody.
                Map.entry("super.users", "User:admin;User:ANONYMOUS"),
                Map.entry("log.dirs", data.toString()),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("controlled.shutdown.enable", "false"),
                Map.entry("offsets.topic.num.partitions", "4"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.num.partitions", "4"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("log.cleaner.dedupe.buffer.size", "4194304"));
    }

    String bootstrap() {
        return bootstrap;
    }

    /** What a client needs to be that user. */
    static Map<String, String> client(String user) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                        .formatted(user, user));
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
