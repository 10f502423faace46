package io.lastmile.router.kafka;

import io.lastmile.node.kafka.KafkaHeaders;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.OwnerSeal;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.heart.Write;
import io.lastmile.router.owner.LogIds;
import io.lastmile.router.owner.StateRecords;
import io.lastmile.router.owner.Unreadable;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.RejectHeader;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a partition's receipts, presence and inbox: a transactional producer whose id
 * belongs to the partition, so that whoever claims last fences all before. Any failure is final:
 * the partition is dropped and claimed anew. One thread at a time.
 */
final class OwnerProducer implements AutoCloseable {
    /**
     * A minute without Kafka costs no claim: neither Kafka nor the client gives up a transaction
     * that was under way. What a dead owner leaves open ends with the next claim, not by this.
     */
    private static final int PATIENCE_MS = 90_000;

    /** A transaction is written in one go: in few and large batches, which are read back. */
    private static final int BATCH_BYTES = 64 << 10;

    /** There is one for each partition; a larger transaction waits for room and goes on. */
    private static final long BUFFER_BYTES = 4L << 20;

    private final KafkaSettings kafka;
    private final LogIds ids;
    private final int partition;
    private final OwnerSeal seal;
    private final Producer<byte[], byte[]> producer;
    private long epoch;

    OwnerProducer(KafkaSettings kafka, TopicIds topics, int partition) {
        this(kafka, topics, partition, producer(kafka, kafka.prefix() + "router-" + partition));
    }

    OwnerProducer(
            KafkaSettings kafka,
            TopicIds topics,
            int partition,
            Producer<byte[], byte[]> producer) {
        this.kafka = kafka;
        this.ids = ids(topics);
        this.partition = partition;
        this.seal = new OwnerSeal(topics);
        this.producer = producer;
    }

    private static Producer<byte[], byte[]> producer(KafkaSettings kafka, String id) {
        return new KafkaProducer<>(
                kafka.producer(
                        Map.of(
                                ProducerConfig.CLIENT_ID_CONFIG,
                                id,
                                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                id,
                                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                PATIENCE_MS,
                                ProducerConfig.LINGER_MS_CONFIG,
                                0,
                                // A compressor's buffers, 128 KiB for each batch of
                                // a few receipts, were half of what a router allocated.
                                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                                "none",
                                ProducerConfig.BATCH_SIZE_CONFIG,
                                BATCH_BYTES,
                                ProducerConfig.BUFFER_MEMORY_CONFIG,
                                BUFFER_BYTES,
                                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                                PATIENCE_MS,
                                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                                PATIENCE_MS)),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * Fences every owner before this one and writes the claim.
     *
     * @return the epoch: the claim's offset in inbox
     */
    long claim(ClaimRecord claim) throws InterruptedException {
        producer.initTransactions();
        producer.beginTransaction();
        var sent =
                producer.send(
                        new ProducerRecord<>(
                                kafka.topic(Topic.INBOX),
                                partition,
                                new InboxKey.Claim().encode(),
                                claim.encode()));
        producer.commitTransaction();
        try {
            RecordMetadata written = sent.get();
            epoch = written.offset();
            return epoch;
        } catch (ExecutionException e) {
            throw new KafkaException("the claim was not written", e.getCause());
        }
    }

    /** Writes all of these, or none. */
    void commit(List<Write> writes) {
        producer.beginTransaction();
        for (Write write : writes) {
            // A failed send fails the commit: the transaction remembers it.
            var _ = producer.send(record(write));
        }
        producer.commitTransaction();
    }

    /** Copies to rejects what nobody can read, and takes away what would come back for ever. */
    void quarantine(List<Unreadable> unreadable) {
        producer.beginTransaction();
        for (Unreadable one : unreadable) {
            RejectedRecord raw = (RejectedRecord) one.raw();
            var _ = producer.send(rejected(raw, one.reason()));
            if (!one.hasOwnersKey()) {
                var _ = producer.send(to(one.topic(), raw.record().key(), null));
            }
        }
        producer.commitTransaction();
    }

    private ProducerRecord<byte[], byte[]> record(Write write) {
        return switch (write) {
            case Write.Reject reject ->
                    rejected((RejectedRecord) reject.rejected(), reject.reason());
            case Write.Reappend again -> reappend(again);
            case Write.Control(var device, var control) -> control(device, control);
            case Write.Mark(var mark) -> mark(mark);
            default -> StateRecords.of(write, epoch, ids, this::to);
        };
    }

    private ProducerRecord<byte[], byte[]> to(Topic topic, byte[] key, byte @Nullable [] value) {
        return new ProducerRecord<>(kafka.topic(topic), partition, key, value);
    }

    static LogIds ids(TopicIds topics) {
        return new LogIds(
                topics.partitions(),
                topics.id(Topic.MESSAGES).toString(),
                topics.id(Topic.EVENTS).toString());
    }

    private ProducerRecord<byte[], byte[]> rejected(RejectedRecord source, String reason) {
        ProducerRecord<byte[], byte[]> record = source.copyFor(kafka.topic(Topic.REJECTS));
        Headers headers = record.headers();
        KafkaHeaders.add(headers, RejectHeader.REASON.headerName(), reason);
        KafkaHeaders.add(headers, RejectHeader.TOPIC.headerName(), source.record().topic());
        KafkaHeaders.add(headers, RejectHeader.PARTITION.headerName(), Integer.toString(partition));
        KafkaHeaders.add(
                headers, RejectHeader.OFFSET.headerName(), Long.toString(source.record().offset()));
        return record;
    }

    private ProducerRecord<byte[], byte[]> control(DeviceId device, Control control) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        kafka.topic(Topic.MESSAGES), partition, device.bytes(), new byte[0]);
        KafkaHeaders.addAll(
                record.headers(), MessageRecord.headers(Message.control(device, control)));
        return record;
    }

    private ProducerRecord<byte[], byte[]> mark(MarkRecord mark) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(kafka.topic(Topic.MESSAGES), partition, null, mark.encode());
        KafkaHeaders.add(
                record.headers(), MessageHeader.MARK.headerName(), mark.facts().id().toString());
        seal.put(record);
        return record;
    }

    private ProducerRecord<byte[], byte[]> reappend(Write.Reappend again) {
        Message message = again.message().appendedAgain(again.origin(), again.acceptedAtMs());
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        kafka.topic(Topic.MESSAGES),
                        again.partition(),
                        message.device().bytes(),
                        message.payload().bytes());
        KafkaHeaders.addAll(record.headers(), MessageRecord.headers(message));
        seal.put(record);
        return record;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}
