package io.lastmile.process;

import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topic of messages as it stands: what Kafka accepted, whatever anybody was answered. */
final class MessagesLog {
    private MessagesLog() {}

    /** The key of every committed record that is there now, without those of owners. */
    static Map<MessageId, String> read(String bootstrap, String topic) {
        Map<MessageId, String> keys = new TreeMap<>();
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(200))) {
                    if (record.headers().lastHeader(MessageHeader.ORIGIN.headerName()) == null) {
                        keys.put(
                                new MessageId(record.partition(), record.offset()),
                                new String(record.key(), StandardCharsets.ISO_8859_1));
                    }
                }
            }
        }
        return keys;
    }
}
