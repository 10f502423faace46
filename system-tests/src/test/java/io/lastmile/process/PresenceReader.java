package io.lastmile.process;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.PresenceRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The presence topic, read as far as it goes whenever it is asked. One thread. */
final class PresenceReader implements AutoCloseable {
    private final Map<String, String> edgeByDevice = new HashMap<>();
    private final KafkaConsumer<String, byte[]> consumer;

    PresenceReader(String bootstrap, String topic) {
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed"),
                        new StringDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(p -> new TopicPartition(topic, p.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** The name of the edge that a device is connected to, or {@code offline}. */
    String edge(DeviceId device) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
            if (record.value() == null) {
                edgeByDevice.remove(record.key());
            } else {
                PresenceRecord presence = PresenceRecord.decode(record.value());
                edgeByDevice.put(record.key(), presence.session().edge().node());
            }
        }
        return edgeByDevice.getOrDefault(device.value(), "offline");
    }

    @Override
    public void close() {
        consumer.close();
    }
}
