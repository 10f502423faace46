package io.lastmile.node.kafka;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads single records of the broadcasts topic with a consumer, which it assigns. One thread. */
public final class BroadcastReader {
    private final KafkaSettings kafka;
    private final Consumer<byte[], byte[]> consumer;

    /**
     * A record as it stands.
     *
     * @param acceptedAtMs the broker's append time, since the epoch
     */
    public record Read(BroadcastRecord record, long acceptedAtMs) {}

    /** Reads with this consumer. */
    public BroadcastReader(KafkaSettings kafka, Consumer<byte[], byte[]> consumer) {
        this.kafka = kafka;
        this.consumer = consumer;
    }

    /** The record of that id; empty where there is none, not any more, or none to be understood. */
    public Optional<Read> broadcast(BroadcastId id) {
        TopicPartition only = new TopicPartition(kafka.topic(Topic.BROADCASTS), 0);
        PartitionSpan all = PartitionSpan.all(consumer, only);
        if (id.offset() < all.from() || id.offset() >= all.to()) {
            return Optional.empty();
        }
        Read[] found = new Read[1];
        new PartitionSpan(only, id.offset(), id.offset() + 1)
                .read(
                        consumer,
                        record -> {
                            found[0] = new Read(decode(record), record.timestamp());
                            return true;
                        });
        return Optional.ofNullable(found[0]);
    }

    /**
     * The broadcast of a record.
     *
     * @throws io.lastmile.wire.MalformedException naming the header and the allowed range
     */
    public static BroadcastRecord decode(ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] key = record.key();
        byte @Nullable [] value = record.value();
        return BroadcastRecord.decode(
                key == null ? null : new String(key, StandardCharsets.UTF_8),
                value == null ? Payload.EMPTY : Payload.of(value),
                KafkaHeaders.read(record.headers()));
    }
}
