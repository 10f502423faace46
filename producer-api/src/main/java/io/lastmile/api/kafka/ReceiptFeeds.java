package io.lastmile.api.kafka;

import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.SetAside;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Opens feeds of receipts, each with a consumer of its own. Any thread. */
public final class ReceiptFeeds {
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final String topic;
    private final int partitions;
    private final Duration timeout;
    private final SetAside aside;

    /**
     * Feeds from Kafka.
     *
     * @param timeout for Kafka's answer where the log ends
     */
    public ReceiptFeeds(KafkaSettings kafka, Duration timeout, Metrics metrics) {
        this(
                () ->
                        new KafkaConsumer<>(
                                kafka.consumer(
                                        Map.of(
                                                ConsumerConfig.CLIENT_ID_CONFIG,
                                                kafka.prefix() + "api-receipts",
                                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                                "read_committed",
                                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                                "earliest",
                                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                                false,
                                                // What one stream may take of this process.
                                                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                                                256 << 10,
                                                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                                                64 << 10)),
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer()),
                kafka.topic(Topic.RECEIPTS),
                kafka.partitions(),
                timeout,
                metrics);
    }

    /** Feeds of consumers that are made elsewhere. */
    public ReceiptFeeds(
            Supplier<Consumer<byte[], byte[]>> consumers,
            String topic,
            int partitions,
            Duration timeout,
            Metrics metrics) {
        this.consumers = consumers;
        this.topic = topic;
        this.partitions = partitions;
        this.timeout = timeout;
        this.aside = new SetAside(Topic.RECEIPTS, metrics);
    }

    /** How many partitions there are. */
    public int partitions() {
        return partitions;
    }

    /**
     * Opens a feed; empty while Kafka does not answer.
     *
     * @param device whose partition alone is read; null for all
     * @param from positions by partition; the end of the log where one is missing
     */
    public Optional<ReceiptFeed> open(@Nullable DeviceId device, Map<Integer, Long> from) {
        List<Integer> read =
                device == null
                        ? IntStream.range(0, partitions).boxed().toList()
                        : List.of(Partitions.of(device, partitions));
        Consumer<byte[], byte[]> consumer = consumers.get();
        try {
            return Optional.of(new ReceiptFeed(consumer, topic, read, from, timeout, aside));
        } catch (KafkaException e) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            return Optional.empty();
        }
    }
}
