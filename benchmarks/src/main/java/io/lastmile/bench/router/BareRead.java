package io.lastmile.bench.router;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics from their start to their end with one plain consumer, in a JVM that does nothing
 * else: what a restart of a router cannot beat by much. Arguments: bootstrap servers, then topics.
 * Prints {@code <records> <ms>}.
 */
public final class BareRead {
    private BareRead() {}

    /** Reads and prints. */
    public static void main(String[] arguments) {
        long startNs = System.nanoTime();
        long records = 0;
        List<String> topics = List.of(arguments).subList(1, arguments.length);
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                arguments[0],
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            List<TopicPartition> places =
                    topics.stream()
                            .flatMap(topic -> consumer.partitionsFor(topic).stream())
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            consumer.assign(places);
            consumer.seekToBeginning(places);
            Map<TopicPartition, Long> ends = consumer.endOffsets(places);
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> _ : consumer.poll(Duration.ofMillis(200))) {
                    records++;
                }
            }
        }
        System.out.println(records + " " + (System.nanoTime() - startNs) / 1_000_000);
    }
}
