package io.lastmile.router.kafka;

import io.lastmile.node.kafka.KafkaHeaders;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.OwnerSeal;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Write;
import io.lastmile.wire.Message;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.RejectHeader;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
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
    private final TopicIds topics;
    private final int partition;
    private final OwnerSeal seal;
    private final KafkaProducer<byte[], byte[]> producer;
    private long epoch;

    OwnerProducer(KafkaSettings kafka, TopicIds topics, int partition) {
        this.kafka = kafka;
        this.topics = topics;
        this.partition = partition;
        this.seal = new OwnerSeal(topics);
        String id = kafka.prefix() + "router-" + partition;
        this.producer =
                new KafkaProducer<>(
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
    void quarantine(List<Quarantine.Unreadable> unreadable) {
        producer.beginTransaction();
        for (Quarantine.Unreadable one : unreadable) {
            var _ = producer.send(rejected(new RejectedRecord(one.record()), one.reason()));
            if (!one.hasOwnersKey()) {
                var _ = producer.send(to(one.topic(), one.record().key(), null));
            }
        }
        producer.commitTransaction();
    }

    private ProducerRecord<byte[], byte[]> record(Write write) {
        return switch (write) {
            case Write.Receipt(var device, var receipt) ->
                    to(Topic.RECEIPTS, device.bytes(), receipt.encode());
            case Write.Park(var device, var offset, var parked) ->
                    inbox(new InboxKey.Parked(device, offset), parked.encode());
            case Write.Unpark(var device, var offset) ->
                    inbox(new InboxKey.Parked(device, offset), null);
            case Write.Remember(var device, var key, var known) ->
                    inbox(new InboxKey.Idempotency(device, key), known.encode());
            case Write.Forget(var device, var key) ->
                    inbox(new InboxKey.Idempotency(device, key), null);
            case Write.Arrive(var from, var arrival) ->
                    inbox(new InboxKey.Arrival(from), arrival.encode());
            case Write.Online(var device, var presence) ->
                    to(Topic.PRESENCE, device.bytes(), presence.encode());
            case Write.Offline(var device) -> to(Topic.PRESENCE, device.bytes(), null);
            case Write.Checkpoint(var positions) ->
                    inbox(new InboxKey.Checkpoint(), checkpoint(positions).encode());
            case Write.Reject reject -> reject(reject);
            case Write.Reappend again -> reappend(again);
        };
    }

    private ProducerRecord<byte[], byte[]> to(Topic topic, byte[] key, byte @Nullable [] value) {
        return new ProducerRecord<>(kafka.topic(topic), partition, key, value);
    }

    private ProducerRecord<byte[], byte[]> inbox(InboxKey key, byte @Nullable [] value) {
        return to(Topic.INBOX, key.encode(), value);
    }

    private CheckpointRecord checkpoint(Positions positions) {
        return new CheckpointRecord(
                epoch,
                positions.watermark(),
                positions.eventsPosition(),
                topics.partitions(),
                topics.id(Topic.MESSAGES).toString(),
                topics.id(Topic.EVENTS).toString(),
                positions.settledAbove());
    }

    private ProducerRecord<byte[], byte[]> reject(Write.Reject reject) {
        return rejected((RejectedRecord) reject.rejected(), reject.reason());
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
