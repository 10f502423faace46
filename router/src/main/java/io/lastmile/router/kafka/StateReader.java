package io.lastmile.router.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the committed state of a partition back, from the start of its topics to where they end:
 * several at once, since every answer of Kafka is waited for.
 */
final class StateReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StateReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int FETCH_WAIT_MS = 20;
    private static final int FETCH_BYTES = 4 << 20;
    private static final int RECEIVE_BYTES = 1 << 20;
    private static final int POLL_RECORDS = 10_000;
    private static final Set<Topic> TOPICS = EnumSet.of(Topic.INBOX, Topic.PRESENCE, Topic.MEMBERS);
    private static final long PROGRESS_NS = Duration.ofSeconds(5).toNanos();

    /** What is done with a record. */
    interface Action {
        /** A record; one without a value takes back those before it of its key. */
        void read(Topic topic, ConsumerRecord<byte[], byte[]> record);
    }

    private final KafkaSettings kafka;
    private final int partition;
    private final BooleanSupplier cancelled;
    private final Clock clock;
    private final Metrics metrics;
    private final Consumer<byte[], byte[]> consumer;
    private final Action action;
    private final Map<Topic, Long> counts = new EnumMap<>(Topic.class);

    /**
     * A reader from the start of inbox and presence.
     *
     * @param action told every record, in the order of its topic
     * @param cancelled ends reading with a {@link ClaimCancelledException}
     */
    StateReader(
            KafkaSettings kafka,
            int partition,
            Action action,
            BooleanSupplier cancelled,
            Clock clock,
            Metrics metrics) {
        this(
                kafka,
                partition,
                action,
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
                                        // At the end of them all there is more to do.
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
            Action action,
            BooleanSupplier cancelled,
            Clock clock,
            Metrics metrics,
            Consumer<byte[], byte[]> consumer) {
        this.kafka = kafka;
        this.partition = partition;
        this.action = action;
        this.cancelled = cancelled;
        this.clock = clock;
        this.metrics = metrics;
        this.consumer = consumer;
        List<TopicPartition> places = places(TOPICS);
        consumer.assign(places);
        consumer.seekToBeginning(places);
    }

    /**
     * Reads on until every position is at its end or behind it: positions count, not offsets of
     * records, since markers and compaction leave holes.
     */
    void readTo(Map<Topic, Long> ends) {
        long toldNs = clock.nanoTime();
        while (!areAt(ends)) {
            if (cancelled.getAsBoolean()) {
                throw new ClaimCancelledException();
            }
            ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL);
            TOPICS.forEach(topic -> take(topic, batch.records(place(topic))));
            if (clock.nanoTime() - toldNs >= PROGRESS_NS) {
                toldNs = clock.nanoTime();
                ends.forEach(this::progress);
            }
        }
    }

    private boolean areAt(Map<Topic, Long> ends) {
        return ends.entrySet().stream()
                .allMatch(end -> consumer.position(place(end.getKey())) >= end.getValue());
    }

    private void take(Topic topic, List<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            action.read(topic, record);
        }
        metrics.counter(Metric.ROUTER_RESTORED, topic.label()).add(records.size());
        counts.merge(topic, (long) records.size(), Long::sum);
    }

    private void progress(Topic topic, long end) {
        log.atInfo()
                .addKeyValue("partition", partition)
                .addKeyValue("topic", topic.label())
                .addKeyValue("records", count(topic))
                .addKeyValue("percent", consumer.position(place(topic)) * 100 / Math.max(1, end))
                .log("restoring");
    }

    /** How many records of the topic there were. */
    long count(Topic topic) {
        return counts.getOrDefault(topic, 0L);
    }

    /** The first offsets that these topics still have. */
    Map<Topic, Long> starts(Set<Topic> topics) {
        return byTopic(topics, consumer.beginningOffsets(places(topics)));
    }

    /** The ends of what is committed in these topics. */
    Map<Topic, Long> ends(Set<Topic> topics) {
        return byTopic(topics, consumer.endOffsets(places(topics)));
    }

    private List<TopicPartition> places(Set<Topic> topics) {
        return topics.stream().map(this::place).toList();
    }

    private Map<Topic, Long> byTopic(Set<Topic> topics, Map<TopicPartition, Long> offsets) {
        Map<Topic, Long> byTopic = new EnumMap<>(Topic.class);
        for (Topic topic : topics) {
            byTopic.put(topic, Objects.requireNonNull(offsets.get(place(topic)), "an offset"));
        }
        return byTopic;
    }

    private TopicPartition place(Topic topic) {
        return new TopicPartition(kafka.topic(topic), partition);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
