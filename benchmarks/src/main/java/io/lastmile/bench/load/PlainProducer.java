package io.lastmile.bench.load;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer of Kafka's own with acks=all and idempotence, on a topic of its own. */
public final class PlainProducer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;

    private PlainProducer(String bootstrap, String topic, Map<String, Object> own) {
        this.topic = topic;
        Map<String, Object> settings = new java.util.HashMap<>(own);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends at once, for those who wait for each answer. */
    public static PlainProducer prompt(String bootstrap, String topic) {
        return new PlainProducer(bootstrap, topic, Map.of(ProducerConfig.LINGER_MS_CONFIG, 0));
    }

    /** Gathers large batches. */
    public static PlainProducer batching(String bootstrap, String topic) {
        return new PlainProducer(
                bootstrap,
                topic,
                Map.of(
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        256 << 10,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        64L << 20));
    }

    /** Sends as the API does. */
    public static PlainProducer likeTheApi(String bootstrap, String topic) {
        return new PlainProducer(
                bootstrap,
                topic,
                Map.of(
                        ProducerConfig.LINGER_MS_CONFIG,
                        1,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        16 << 10,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        64L << 20));
    }

    /** Makes the topic. */
    public static void makeTopic(String bootstrap, String topic, int partitions) throws Exception {
        try (Admin admin =
                Admin.create(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            var _ =
                    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                            .all()
                            .get(30, TimeUnit.SECONDS);
        }
    }

    private ProducerRecord<byte[], byte[]> record(int device, byte[] payload) {
        return new ProducerRecord<>(topic, DeviceName.bytes(device), payload);
    }

    /** Waits for the answer. */
    public void sendAndWait(int device, byte[] payload) throws Exception {
        var _ = producer.send(record(device, payload)).get(30, TimeUnit.SECONDS);
    }

    /** Counts the answer when it comes. */
    public void send(int device, byte[] payload, LongAdder answered) {
        var _ =
                producer.send(
                        record(device, payload),
                        (_, failure) -> {
                            if (failure == null) {
                                answered.increment();
                            }
                        });
    }

    /** Tells the answer when it comes. */
    public void send(int device, byte[] payload, Callback answered) {
        var _ = producer.send(record(device, payload), answered);
    }

    /** Waits for all answers. */
    public void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
