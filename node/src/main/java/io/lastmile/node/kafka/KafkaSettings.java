package io.lastmile.node.kafka;

import io.lastmile.node.Settings;
import io.lastmile.node.SettingsException;
import io.lastmile.wire.record.Topic;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How to reach Kafka and what its topics are called.
 *
 * @param bootstrap host:port, several with commas
 * @param prefix of every topic, group id and transactional id
 * @param partitions P: of every topic that is partitioned by device
 * @param singleReplica whether one replica will do, as on a laptop
 * @param passThrough settings of the Kafka clients, by Kafka's own names
 */
public record KafkaSettings(
        String bootstrap,
        String prefix,
        int partitions,
        boolean singleReplica,
        Map<String, String> passThrough) {
    /** The most payload and header bytes of one message that topics and clients let through. */
    public static final int MESSAGE_BYTES_MAX = (1 << 20) + (64 << 10);

    public KafkaSettings {
        passThrough = Map.copyOf(passThrough);
    }

    /** The settings that begin with {@code kafka.}. */
    public static KafkaSettings from(Settings settings) {
        String bootstrap =
                settings.text(
                        "kafka.bootstrap",
                        "127.0.0.1:9092",
                        "Kafka's bootstrap servers, host:port, several with commas");
        String prefix =
                settings.text(
                        "kafka.topic-prefix",
                        "lastmile.",
                        "begins the name of every topic, group and transactional id");
        if (!prefix.matches("[A-Za-z0-9._-]{1,100}")) {
            throw new SettingsException(
                    "kafka.topic-prefix", "allowed are 1 to 100 characters of A-Z a-z 0-9 . _ -");
        }
        int partitions =
                settings.count(
                        "kafka.partitions",
                        64,
                        1,
                        4_096,
                        "partitions of messages, events, receipts, presence and inbox; fixed once"
                                + " they are created");
        boolean singleReplica =
                settings.flag(
                        "kafka.single-replica",
                        false,
                        "whether one replica will do: only where losing messages does not matter");
        return new KafkaSettings(
                bootstrap,
                prefix,
                partitions,
                singleReplica,
                settings.under(
                        "kafka.",
                        "any setting of the Kafka clients by Kafka's own name, such as"
                                + " kafka.security.protocol"));
    }

    /** The name of a topic in Kafka. */
    public String topic(Topic topic) {
        return topic.under(prefix);
    }

    /** The group in which routers share the partitions of messages. */
    public String routerGroup() {
        return prefix + "router";
    }

    /** What a producer of byte arrays is made with; the caller's own settings decide. */
    public Properties producer(Map<String, Object> own) {
        Properties properties = common();
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * MESSAGE_BYTES_MAX);
        return with(properties, own);
    }

    /** What a consumer of byte arrays is made with; the caller's own settings decide. */
    public Properties consumer(Map<String, Object> own) {
        Properties properties = common();
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return with(properties, own);
    }

    /** What an admin client is made with; the caller's own settings decide. */
    public Properties admin(Map<String, Object> own) {
        return with(common(), own);
    }

    private Properties common() {
        Properties properties = new Properties();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "lastmile");
        // When Kafka is back, we want to notice within a second, not within a minute.
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 50L);
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000L);
        properties.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, 50L);
        properties.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, 1_000L);
        properties.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 3_000L);
        properties.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, 10_000L);
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        properties.put(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, 60_000L);
        properties.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return properties;
    }

    private Properties with(Properties properties, Map<String, Object> own) {
        properties.putAll(passThrough);
        properties.putAll(own);
        return properties;
    }

    /** Without the values that are passed through: one of them may be a password. */
    @Override
    public String toString() {
        return "KafkaSettings[bootstrap="
                + bootstrap
                + ", prefix="
                + prefix
                + ", partitions="
                + partitions
                + ", singleReplica="
                + singleReplica
                + ", passThrough="
                + passThrough.keySet()
                + "]";
    }
}
