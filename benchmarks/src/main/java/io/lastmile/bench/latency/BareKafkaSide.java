package io.lastmile.bench.latency;

import io.lastmile.bench.Figure;
import io.lastmile.bench.Stamp;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Plain Kafka on the same broker: produce with acks=all, consume. What nothing on it can beat. */
final class BareKafkaSide implements Side {
    private static final String TOPIC = "bench.bare";

    private final Map<Figure, Long> pids;
    private final Latencies latencies = new Latencies();
    private final LongAdder refused = new LongAdder();
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread reader;

    BareKafkaSide(String bootstrap, int partitions, Map<Figure, Long> pids) throws Exception {
        this.pids = pids;
        try (Admin admin =
                Admin.create(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            var _ =
                    admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1)))
                            .all()
                            .get(30, TimeUnit.SECONDS);
        }
        producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ProducerConfig.ACKS_CONFIG,
                                "all",
                                ProducerConfig.LINGER_MS_CONFIG,
                                0),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        consumer.assign(
                IntStream.range(0, partitions)
                        .mapToObj(p -> new TopicPartition(TOPIC, p))
                        .toList());
        reader = Thread.ofPlatform().name("bare-reader").daemon().start(this::read);
    }

    private void read() {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    latencies.arrived(Stamp.of(record.value()), System.nanoTime());
                }
            }
        } catch (WakeupException e) {
            // closed
        }
    }

    @Override
    public String name() {
        return "bare kafka";
    }

    @Override
    public Map<Figure, Long> pids() {
        return pids;
    }

    @Override
    public Latencies latencies() {
        return latencies;
    }

    @Override
    public void send(DeviceId device, Payload payload) {
        var _ =
                producer.send(
                        new ProducerRecord<>(TOPIC, device.bytes(), payload.bytes()),
                        (metadata, failure) -> {
                            if (failure != null) {
                                refused.increment();
                            }
                        });
    }

    @Override
    public long refused() {
        return refused.sum();
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            var _ = reader.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(5));
    }
}
