package io.lastmile.bench.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What one would write instead of Lastmile: a consumer that publishes each record to a broker of
 * MQTT, at {@code inbox/<key>}, and commits what the broker has acknowledged. A process of its own,
 * which runs until it is killed.
 */
public final class Bridge {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long COMMIT_NS = Duration.ofSeconds(1).toNanos();
    private static final int RECORDS_MAX = 2_000;

    private Bridge() {}

    /**
     * Bridges.
     *
     * @param args bootstrap servers, topic, port of the broker of MQTT
     */
    public static void main(String[] args) throws Exception {
        var server =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[2]));
        try (var consumer = consumer(args[0]);
                var publisher = new MqttPublisher(server, "bridge")) {
            consumer.subscribe(List.of(args[1]));
            long committedNs = System.nanoTime();
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    String device = new String(record.key(), StandardCharsets.US_ASCII);
                    publisher.publish("inbox/" + device, record.value());
                }
                publisher.flush();
                if (System.nanoTime() - committedNs > COMMIT_NS) {
                    publisher.awaitAcknowledged();
                    consumer.commitSync();
                    committedNs = System.nanoTime();
                }
            }
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.GROUP_ID_CONFIG,
                        "bridge",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        RECORDS_MAX),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
