package io.lastmile.router.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the committed state of a partition back, from the start of a topic to where it ends. */
final class StateReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StateReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int FETCH_WAIT_MS = 20;
    private static final int FETCH_BYTES = 4 << 20;
    private static final int RECEIVE_BYTES = 1 << 20;
    private static final int POLL_RECORDS = 10_000;
    private static final long PROGRESS_NS = Duration.ofSeconds(5).toNanos();

    private final KafkaSettings kafka;
    private final int partition;
    private final BooleanSupplier cancelled;
    private final Clock clock;
    private final Metrics metrics;
    private final Consumer<byte[], byte[]> consumer;
    private final Map<Topic, Long> readTo = new EnumMap<>(Topic.class);

    StateReader(
            KafkaSettings kafka,
            int partition,
            BooleanSupplier cancelled,
            Clock clock,
            Metrics metrics) {
        this(
                kafka,
                partition,
                cancelled,
                clock,
                metrics,
                new KafkaConsumer<>(
                        kafka.consumer(
                                Map.of(
                                        ConsumerConfig.CLIENT_ID_CONFIG,
                                        kafka.prefix() + "restore-" + partition,
                                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                        "read_committed",
                                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                        "earliest",
                                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                        false,
                                        // At the end of one topic the next is waiting already.
                                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                                        FETCH_WAIT_MS,
                                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                                        FETCH_BYTES,
                                        ConsumerConfig.RECEIVE_BUFFER_CONFIG,
                                        RECEIVE_BYTES,
                                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                        POLL_RECORDS)),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer()));
    }

    StateReader(
            KafkaSettings kafka,
            int partition,
            BooleanSupplier cancelled,
            Clock clock,
            Metrics metrics,
            Consumer<byte[], byte[]> consumer) {
        this.kafka = kafka;
        this.partition = partition;
        this.cancelled = cancelled;
        this.clock = clock;
        this.metrics = metrics;
        this.consumer = consumer;
    }

    /**
     * Reads on, at first from the start of the topic, until the position has passed the offset:
     * positions count, not offsets of records, since markers and compaction leave holes.
     *
     * @return how many records there were
     */
    long readPast(Topic topic, long offset, BiConsumer<byte[], byte @Nullable []> action) {
        TopicPartition place = place(topic);
        consumer.assign(List.of(place));
        Long before = readTo.get(topic);
        if (before == null) {
            consumer.seekToBeginning(List.of(place));
        } else {
            consumer.seek(place, before);
        }
        Metrics.Counter restored = metrics.counter(Metric.ROUTER_RESTORED, topic.label());
        long count = 0;
        long toldNs = clock.nanoTime();
        while (consumer.position(place) <= offset) {
            if (cancelled.getAsBoolean()) {
                throw new ClaimCancelledException();
            }
            ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : batch) {
                action.accept(record.key(), record.value());
            }
            restored.add(batch.count());
            count += batch.count();
            if (clock.nanoTime() - toldNs >= PROGRESS_NS) {
                toldNs = clock.nanoTime();
                progress(topic, count, consumer.position(place), offset);
            }
        }
        readTo.put(topic, consumer.position(place));
        return count;
    }

    private void progress(Topic topic, long count, long at, long end) {
        log.atInfo()
                .addKeyValue("partition", partition)
                .addKeyValue("topic", topic.label())
                .addKeyValue("records", count)
                .addKeyValue("percent", at * 100 / Math.max(1, end))
                .log("restoring");
    }

    /** Reads to the end that the topic has now: how many records there were. */
    long readToEnd(Topic topic, BiConsumer<byte[], byte @Nullable []> action) {
        return readPast(topic, end(topic) - 1, action);
    }

    /** The first offset that the topic still has. */
    long start(Topic topic) {
        return only(consumer.beginningOffsets(List.of(place(topic))));
    }

    /** The end of what is committed. */
    long end(Topic topic) {
        return only(consumer.endOffsets(List.of(place(topic))));
    }

    private static long only(Map<TopicPartition, Long> offsets) {
        return offsets.values().iterator().next();
    }

    private TopicPartition place(Topic topic) {
        return new TopicPartition(kafka.topic(topic), partition);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
