package io.lastmile.bench.storm;

import io.lastmile.bench.load.Until;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The sessions that a topic of events tells of, where one edge alone has written to it. */
final class AnnouncedSessions {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private AnnouncedSessions() {}

    /** How many different sessions were opened, of all that the topic holds now. */
    static long count(KafkaSettings kafka) {
        BitSet numbers = new BitSet();
        List<TopicPartition> partitions =
                IntStream.range(0, kafka.partitions())
                        .mapToObj(p -> new TopicPartition(kafka.topic(Topic.EVENTS), p))
                        .toList();
        try (var consumer =
                new KafkaConsumer<>(
                        kafka.consumer(Map.of()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(partition, 0));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Until.holds(
                    "events are read to their end",
                    PATIENCE,
                    () -> {
                        for (ConsumerRecord<byte[], byte[]> event : consumer.poll(POLL)) {
                            if (EventRecord.decode(event.value())
                                    instanceof EventRecord.Opened opened) {
                                numbers.set(Math.toIntExact(opened.session().number()));
                            }
                        }
                        return ends.entrySet().stream()
                                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                    });
        }
        return numbers.cardinality();
    }
}
