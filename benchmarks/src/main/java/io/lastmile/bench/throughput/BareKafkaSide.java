package io.lastmile.bench.throughput;

import io.lastmile.bench.Figure;
import io.lastmile.bench.load.NumberedPayload;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Plain Kafka on the same broker: produced with the API's settings and consumed. */
final class BareKafkaSide extends PlainSide {
    private static final String TOPIC = "bench.bare";

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread reader;

    BareKafkaSide(LoadOptions options, String bootstrap) throws Exception {
        super(options, bootstrap, TOPIC);
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
                IntStream.range(0, options.partitions())
                        .mapToObj(p -> new TopicPartition(TOPIC, p))
                        .toList());
        reader = Thread.ofPlatform().name("bare-reader").daemon().start(this::read);
    }

    private void read() {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    long number = NumberedPayload.number(record.value(), 0);
                    arrived((int) (number % options.devices()), number);
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
    public Figure rate() {
        return Figure.BARE_THROUGHPUT;
    }

    @Override
    public Map<Figure, Long> pids() {
        return Map.of();
    }

    @Override
    public void connect() {}

    @Override
    public void disconnect() {}

    @Override
    public void close() throws IOException {
        consumer.wakeup();
        try {
            var _ = reader.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        super.close();
    }
}
