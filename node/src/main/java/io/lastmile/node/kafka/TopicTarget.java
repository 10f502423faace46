package io.lastmile.node.kafka;

import io.lastmile.node.replay.ReplayFailedException;
import io.lastmile.node.replay.Target;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.Topic;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Appends copies to messages, as any producer does. */
public final class TopicTarget implements Target {
    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final int partitions;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /** Opens a producer. */
    public TopicTarget(KafkaSettings kafka, int partitions) {
        this.partitions = partitions;
        topic = kafka.topic(Topic.MESSAGES);
        producer =
                new KafkaProducer<>(
                        kafka.producer(
                                Map.of(
                                        "acks", "all",
                                        "enable.idempotence",
                                                "true", // keeps the order over retries
                                        "linger.ms", "5",
                                        "delivery.timeout.ms", "30000",
                                        "request.timeout.ms", "10000",
                                        "max.block.ms", "10000")),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    @Override
    public void add(MessageId id, long acceptedAtMs, Message copy) {
        check();
        var record =
                new ProducerRecord<>(
                        topic,
                        Partitions.of(copy.device(), partitions),
                        copy.device().bytes(),
                        copy.payload().bytes());
        KafkaHeaders.addAll(record.headers(), MessageRecord.headers(copy));
        try {
            var _ =
                    producer.send(
                            record,
                            (_, e) -> {
                                if (e != null) {
                                    failure.compareAndSet(null, e);
                                }
                            });
        } catch (KafkaException e) {
            failure.compareAndSet(null, e);
            check();
        }
    }

    @Override
    public void settle() {
        producer.flush();
        check();
    }

    private void check() {
        Exception failed = failure.get();
        if (failed != null) {
            throw new ReplayFailedException(
                    "Kafka did not take every message (%s)".formatted(failed.getMessage()));
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
