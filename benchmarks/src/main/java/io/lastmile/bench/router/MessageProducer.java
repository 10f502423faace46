package io.lastmile.bench.router;

import io.lastmile.bench.edge.DeviceGroup;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes messages straight to Kafka: as they are due, or as many as it takes. Any thread. */
final class MessageProducer implements AutoCloseable {
    private static final int LINGER_MS = 5;

    private final String topic;
    private final String broadcasts;
    private final KafkaProducer<byte[], byte[]> prompt;
    private final KafkaProducer<byte[], byte[]> bulk;
    private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();

    MessageProducer(KafkaSettings kafka) {
        topic = kafka.topic(Topic.MESSAGES);
        broadcasts = kafka.topic(Topic.BROADCASTS);
        prompt = producer(kafka, Map.of(ProducerConfig.LINGER_MS_CONFIG, 0));
        bulk =
                producer(
                        kafka,
                        Map.of(
                                ProducerConfig.LINGER_MS_CONFIG,
                                LINGER_MS,
                                ProducerConfig.BATCH_SIZE_CONFIG,
                                64 << 10,
                                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                                "lz4"));
    }

    private static KafkaProducer<byte[], byte[]> producer(
            KafkaSettings kafka, Map<String, Object> own) {
        return new KafkaProducer<>(
                kafka.producer(own), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends one at once. */
    void send(DeviceId device, Payload payload) {
        send(prompt, device, payload);
    }

    /**
     * Sends so many to each device of the group, one round after the other, and waits until Kafka
     * has them.
     */
    void sendToEach(DeviceGroup group, int messages, int payloadBytes) {
        byte[] bytes = new byte[payloadBytes];
        new Random(1).nextBytes(bytes);
        Payload payload = Payload.of(bytes);
        for (int round = 0; round < messages; round++) {
            for (int device = 0; device < group.count(); device++) {
                send(bulk, group.id(device), payload);
            }
        }
        flush();
    }

    /** Has each device of the group join a channel, and waits until Kafka has it all. */
    void join(DeviceGroup group, ChannelName channel) {
        Control join = new Control.Join(channel, MemberSource.API);
        for (int device = 0; device < group.count(); device++) {
            DeviceId id = group.id(device);
            List<Header> headers = MessageRecord.headers(Message.control(id, join));
            send(bulk, record(topic, id.bytes(), Payload.EMPTY, headers));
        }
        flush();
    }

    /** Broadcasts to a channel, and waits until Kafka has it. */
    void broadcast(ChannelName channel, Payload payload, List<Header> headers) {
        byte[] key = channel.value().getBytes(StandardCharsets.US_ASCII);
        send(bulk, record(broadcasts, key, payload, headers));
        flush();
    }

    private void flush() {
        bulk.flush();
        Exception cause = failed.get();
        if (cause != null) {
            throw new IllegalStateException("Kafka did not take a record", cause);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, DeviceId device, Payload payload) {
        send(producer, record(topic, device.bytes(), payload, List.of()));
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, byte[] key, Payload payload, List<Header> headers) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, payload.bytes());
        for (Header header : headers) {
            record.headers().add(header.name(), header.value().getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }

    private void send(
            KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        var _ =
                producer.send(
                        record,
                        (metadata, failure) -> {
                            if (failure != null) {
                                failed.compareAndSet(null, failure);
                            }
                        });
    }

    @Override
    public void close() {
        prompt.close();
        bulk.close();
    }
}
