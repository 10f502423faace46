package io.lastmile.bench.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer of Kafka's own with acks=all and idempotence, on a topic of its own. */
final class PlainProducer implements AutoCloseable {
    private static final String TOPIC = "bench.bare";

    private final KafkaProducer<byte[], byte[]> producer;

    private PlainProducer(String bootstrap, Map<String, Object> own) {
        Map<String, Object> settings = new java.util.HashMap<>(own);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends at once, for those who wait for each answer. */
    static PlainProducer prompt(String bootstrap) {
        return new PlainProducer(bootstrap, Map.of(ProducerConfig.LINGER_MS_CONFIG, 0));
    }

    /** Gathers large batches. */
    static PlainProducer batching(String bootstrap) {
        return new PlainProducer(
                bootstrap,
                Map.of(
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        256 << 10,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        64L << 20));
    }

    static void makeTopic(String bootstrap, int partitions) throws Exception {
        try (Admin admin =
                Admin.create(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            var _ =
                    admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1)))
                            .all()
                            .get(30, TimeUnit.SECONDS);
        }
    }

    private static ProducerRecord<byte[], byte[]> record(long device, byte[] payload) {
        byte[] key = ("bench-" + device).getBytes(StandardCharsets.US_ASCII);
        return new ProducerRecord<>(TOPIC, key, payload);
    }

    /** Waits for the answer. */
    void sendAndWait(long device, byte[] payload) throws Exception {
        var _ = producer.send(record(device, payload)).get(30, TimeUnit.SECONDS);
    }

    /** Counts the answer when it comes. */
    void send(long device, byte[] payload, LongAdder answered) {
        var _ =
                producer.send(
                        record(device, payload),
                        (_, failure) -> {
                            if (failure == null) {
                                answered.increment();
                            }
                        });
    }

    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
