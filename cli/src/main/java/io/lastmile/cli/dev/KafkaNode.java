package io.lastmile.cli.dev;

import java.nio.file.Path;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Says how one embedded KRaft node, broker and controller in one, is to run: small, on the loopback
 * interface unless told otherwise, and quick to notice a lost broker.
 *
 * @param id of the node, from 1
 * @param data folder of its log
 * @param host that it listens on and that clients are told
 * @param port for clients
 * @param controllerPort for the other nodes
 * @param voters {@code id@host:port} of every node, comma between; the controllers' ports
 */
public record KafkaNode(
        int id, Path data, String host, int port, int controllerPort, String voters) {

    /** Every node of one quorum is formatted with the same id; one is enough for all of ours. */
    static final String CLUSTER_ID = "bGFzdG1pbGUtZGV2LWt2MQ";

    /** A node alone. */
    public static KafkaNode alone(Path data, String host, int port, int controllerPort) {
        String voters = "1@" + host + ":" + controllerPort;
        return new KafkaNode(1, data, host, port, controllerPort, voters);
    }

    /** How many nodes there are. */
    public int nodes() {
        return voters.split(",").length;
    }

    /** Where clients find it. */
    public String bootstrap() {
        return host + ":" + port;
    }

    /** The broker's configuration. */
    Properties properties() {
        String replicas = Integer.toString(Math.min(3, nodes()));
        String inSync = nodes() >= 3 ? "2" : "1";
        var values = new TreeMap<String, String>();
        values.put("node.id", Integer.toString(id));
        values.put("process.roles", "broker,controller");
        values.put("controller.quorum.voters", voters);
        values.put("controller.listener.names", "CONTROLLER");
        values.put("inter.broker.listener.name", "CLIENTS");
        values.put(
                "listeners",
                "CLIENTS://%s:%d,CONTROLLER://%s:%d".formatted(host, port, host, controllerPort));
        values.put("advertised.listeners", "CLIENTS://%s:%d".formatted(host, port));
        values.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
        values.put("log.dirs", data.toAbsolutePath().toString());
        values.put("auto.create.topics.enable", "false");
        values.put("default.replication.factor", replicas);
        values.put("min.insync.replicas", inSync);
        internalTopics(values, replicas, inSync);
        small(values);
        quickBrokers(values);
        if (nodes() == 1) {
            // Alone there is nobody to hand over to, and the attempt takes seconds.
            values.put("controlled.shutdown.enable", "false");
        }
        var properties = new Properties();
        properties.putAll(values);
        return properties;
    }

    private static void internalTopics(
            TreeMap<String, String> values, String replicas, String inSync) {
        values.put("offsets.topic.num.partitions", "4");
        values.put("offsets.topic.replication.factor", replicas);
        values.put("transaction.state.log.num.partitions", "4");
        values.put("transaction.state.log.replication.factor", replicas);
        values.put("transaction.state.log.min.isr", inSync);
        values.put("share.coordinator.state.topic.num.partitions", "4");
        values.put("share.coordinator.state.topic.replication.factor", replicas);
        values.put("share.coordinator.state.topic.min.isr", inSync);
    }

    private static void small(TreeMap<String, String> values) {
        values.put("num.network.threads", "1");
        values.put("num.io.threads", "2");
        values.put("log.cleaner.dedupe.buffer.size", "4194304"); // the default takes 128 MiB
        values.put("log.cleaner.io.buffer.size", "65536");
        values.put("log.segment.bytes", "67108864");
        values.put("log.index.size.max.bytes", "1048576");
    }

    private static void quickBrokers(TreeMap<String, String> values) {
        values.put("broker.session.timeout.ms", "3000");
        values.put("broker.heartbeat.interval.ms", "500");
        values.put("controller.quorum.election.timeout.ms", "500");
        values.put("controller.quorum.fetch.timeout.ms", "1000");
        values.put("replica.lag.time.max.ms", "5000");
        values.put("transaction.max.timeout.ms", "120000");
    }
}
