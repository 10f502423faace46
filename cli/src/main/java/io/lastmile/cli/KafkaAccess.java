package io.lastmile.cli;

import io.lastmile.node.kafka.KafkaSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How the tools read: without a group, only what is committed, and not waiting long for Kafka. */
public final class KafkaAccess {
    /** Partitions by topic and number, for maps of them. */
    public static final Comparator<TopicPartition> PARTITION_ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private KafkaAccess() {}

    /** A consumer that belongs to no group and commits nothing. */
    public static Consumer<byte[], byte[]> reader(KafkaSettings kafka) {
        return reader(kafka, "read_committed");
    }

    /** The same, which also reads what stands behind an open transaction. */
    public static Consumer<byte[], byte[]> readerOfUncommitted(KafkaSettings kafka) {
        return reader(kafka, "read_uncommitted");
    }

    private static Consumer<byte[], byte[]> reader(KafkaSettings kafka, String isolation) {
        return new KafkaConsumer<>(
                kafka.consumer(
                        Map.of(
                                "isolation.level", isolation,
                                "enable.auto.commit", "false",
                                "auto.offset.reset", "earliest",
                                "allow.auto.create.topics", "false",
                                "fetch.max.wait.ms", "100",
                                "default.api.timeout.ms", "10000")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** An admin client that does not wait long. */
    public static Admin admin(KafkaSettings kafka) {
        return Admin.create(
                kafka.admin(
                        Map.of(
                                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 8_000,
                                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000)));
    }

    /**
     * How many partitions a topic has.
     *
     * @throws CommandException where there is no such topic, or no Kafka
     */
    public static int partitions(Consumer<?, ?> consumer, KafkaSettings kafka, String topic) {
        try {
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found == null || found.isEmpty()) {
                throw CommandException.failed(
                        "Kafka at %s has no topic %s: it is made when a router, an edge or an API starts"
                                .formatted(kafka.bootstrap(), topic));
            }
            return found.size();
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw unreachable(kafka);
        }
    }

    /** Kafka does not answer. */
    public static CommandException unreachable(KafkaSettings kafka) {
        return CommandException.failed(
                "no Kafka answers at %s: is it running? (--kafka.bootstrap=HOST:PORT)"
                        .formatted(kafka.bootstrap()));
    }
}
