package io.lastmile.bench.load;

import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A topic as it stands, whatever anybody was answered: committed records only. */
public final class WholeTopic {
    private WholeTopic() {}

    /** The keys of messages by their place, without those that owners appended again. */
    public static Map<MessageId, String> messages(String bootstrap, String topic) {
        Map<MessageId, String> keys = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : read(bootstrap, topic)) {
            if (record.key() != null
                    && record.headers().lastHeader(MessageHeader.ORIGIN.headerName()) == null) {
                keys.put(
                        new MessageId(record.partition(), record.offset()),
                        new String(record.key(), StandardCharsets.ISO_8859_1));
            }
        }
        return keys;
    }

    /** Everything from the start to the end that there is now. */
    public static List<ConsumerRecord<byte[], byte[]>> read(String bootstrap, String topic) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
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
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
        }
        return all;
    }
}
