package io.lastmile.bench.load;

import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Where the owners' checkpoints stand in messages and events. One thread. */
public final class LogPositions implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration POLL = Duration.ofMillis(50);

    /** A transaction ends with its checkpoint: the latest one is among the last records. */
    private static final long LAST_RECORDS = 300;

    private final KafkaSettings kafka;
    private final List<TopicPartition> inbox;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final long[] watermarks;
    private final long[] eventsPositions;

    /** Of topics that exist and were never cut. */
    public LogPositions(KafkaSettings kafka) {
        this.kafka = kafka;
        inbox = places(Topic.INBOX);
        watermarks = new long[kafka.partitions()];
        eventsPositions = new long[kafka.partitions()];
        consumer =
                new KafkaConsumer<>(
                        kafka.consumer(Map.of()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        consumer.assign(inbox);
        inbox.forEach(place -> consumer.seek(place, 0));
    }

    /**
     * Waits until checkpoints have passed all that messages and events hold now: everything is
     * settled, parked or in flight, and committed.
     */
    public void awaitCommitted() {
        Map<TopicPartition, Long> messages = consumer.endOffsets(places(Topic.MESSAGES));
        Map<TopicPartition, Long> events = consumer.endOffsets(places(Topic.EVENTS));
        Until.holds(
                "checkpoints pass the end of messages and events",
                PATIENCE,
                () -> {
                    look();
                    return messages.entrySet().stream().allMatch(end -> hasPassed(watermarks, end))
                            && events.entrySet().stream()
                                    .allMatch(end -> hasPassed(eventsPositions, end));
                });
    }

    private static boolean hasPassed(long[] positions, Map.Entry<TopicPartition, Long> end) {
        return positions[end.getKey().partition()] >= end.getValue();
    }

    private void look() {
        consumer.endOffsets(inbox)
                .forEach((place, end) -> {
                    if (consumer.position(place) < end - LAST_RECORDS) {
                        consumer.seek(place, end - LAST_RECORDS);
                    }
                });
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            if (record.value() != null
                    && InboxKey.decode(record.key()) instanceof InboxKey.Checkpoint) {
                CheckpointRecord checkpoint = CheckpointRecord.decode(record.value());
                watermarks[record.partition()] = checkpoint.watermark();
                eventsPositions[record.partition()] = checkpoint.eventsPosition();
            }
        }
    }

    private List<TopicPartition> places(Topic topic) {
        return IntStream.range(0, kafka.partitions())
                .mapToObj(p -> new TopicPartition(kafka.topic(topic), p))
                .toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
