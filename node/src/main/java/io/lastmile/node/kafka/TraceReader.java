package io.lastmile.node.kafka;

import io.lastmile.node.trace.DeviceTrace;
import io.lastmile.node.trace.MessageTrace;
import io.lastmile.node.trace.NoTraceException;
import io.lastmile.node.trace.SessionLog;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads traces from the topics. All that concerns a device stands in one partition of each, so a
 * trace reads four spans of time, and nodes. One thread.
 */
public final class TraceReader {
    /** Owners, edges and brokers do not have quite the same time. */
    private static final long SKEW_MS = 5_000;

    private final KafkaSettings kafka;
    private final Consumer<byte[], byte[]> consumer;
    private final int partitions;
    private final Supplier<Map<Incarnation, NodeRecord.Gone>> gone;
    private final long lookbackMs;

    /**
     * Traces read with a consumer, which it assigns.
     *
     * @param gone which edges are, asked once a trace
     * @param lookbackMs how far back the last session before a message is looked for
     */
    public TraceReader(
            KafkaSettings kafka,
            Consumer<byte[], byte[]> consumer,
            int partitions,
            Supplier<Map<Incarnation, NodeRecord.Gone>> gone,
            long lookbackMs) {
        this.kafka = kafka;
        this.consumer = consumer;
        this.partitions = partitions;
        this.gone = gone;
        this.lookbackMs = lookbackMs;
    }

    /**
     * The life of a message.
     *
     * @throws NoTraceException where there is none of that id
     */
    public MessageTrace message(MessageId id) {
        MessageTrace trace = found(id);
        long fromMs = trace.acceptedAtMs() - SKEW_MS;
        read(
                Topic.RECEIPTS,
                trace.device(),
                fromMs,
                Long.MAX_VALUE,
                record -> {
                    value(record).map(ReceiptRecord::decode).ifPresent(trace::settled);
                    return trace.receipt() != null;
                });
        ReceiptRecord receipt = trace.receipt();
        long toMs = receipt == null ? Long.MAX_VALUE : receipt.settledAtMs() + SKEW_MS;
        read(
                Topic.MESSAGES,
                trace.device(),
                fromMs,
                toMs,
                record -> {
                    Message message = message(trace.device(), record);
                    if (message != null) {
                        trace.later(place(record), record.timestamp(), message);
                    }
                    return false;
                });
        parked(trace, fromMs, toMs);
        read(
                Topic.EVENTS,
                trace.device(),
                fromMs - lookbackMs,
                toMs,
                record -> {
                    value(record).map(EventRecord::decode).ifPresent(trace::event);
                    return false;
                });
        return trace;
    }

    /**
     * No more than when a message was accepted, and for whom.
     *
     * @throws NoTraceException where there is none of that id
     */
    public MessageTrace accepted(MessageId id) {
        return found(id);
    }

    private MessageTrace found(MessageId id) {
        if (id.partition() >= partitions) {
            throw new NoTraceException(
                    "there is no message %s: the topics have %d partitions"
                            .formatted(id, partitions));
        }
        TopicPartition place = new TopicPartition(kafka.topic(Topic.MESSAGES), id.partition());
        PartitionSpan all = PartitionSpan.all(consumer, place);
        if (id.offset() >= all.to()) {
            throw new NoTraceException(
                    "there is no message %s: the newest of its partition is %d-%d"
                            .formatted(id, id.partition(), all.to() - 1));
        }
        if (id.offset() < all.from()) {
            return fromReceipt(id);
        }
        Found found = new Found();
        new PartitionSpan(place, id.offset(), id.offset() + 1)
                .read(consumer, record -> found.record(record, id));
        if (found.trace == null) {
            throw new NoTraceException("there is no message %s".formatted(id));
        }
        return found.trace;
    }

    /** What the one record of an id says. */
    private final class Found {
        private @Nullable MessageTrace trace;

        boolean record(ConsumerRecord<byte[], byte[]> record, MessageId id) {
            byte @Nullable [] key = record.key();
            String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
            if (!DeviceId.isValid(text)) {
                throw new NoTraceException(
                        "the record %s has no device for its key; the topic rejects has it with the reason"
                                .formatted(id));
            }
            DeviceId device = new DeviceId(text);
            Message message = message(device, record);
            if (message != null && message.cancel() != null) {
                throw new NoTraceException(
                        "the record %s is no message, it cancels one: lastmile trace %s"
                                .formatted(id, message.cancel()));
            }
            if (message != null && message.origin() != null) {
                throw new NoTraceException(
                        "the record %s repeats a message that was accepted before: lastmile trace %s"
                                .formatted(id, message.origin()));
            }
            Message known = message != null ? message : Message.plain(device, payload(record));
            trace = new MessageTrace(id, device, new SessionLog(gone.get()));
            trace.accepted(
                    record.timestamp(), known, Partitions.of(device, partitions) == id.partition());
            return true;
        }
    }

    /** Retention took the message. Its receipt, where there still is one, knows its device. */
    private MessageTrace fromReceipt(MessageId id) {
        TopicPartition place = new TopicPartition(kafka.topic(Topic.RECEIPTS), id.partition());
        MessageTrace[] found = new MessageTrace[1];
        PartitionSpan.all(consumer, place)
                .read(
                        consumer,
                        record -> {
                            ReceiptRecord receipt =
                                    value(record).map(ReceiptRecord::decode).orElse(null);
                            if (receipt == null || !receipt.id().equals(id)) {
                                return false;
                            }
                            DeviceId device = new DeviceId(text(record.key()));
                            found[0] = new MessageTrace(id, device, new SessionLog(gone.get()));
                            found[0].settled(receipt);
                            return true;
                        });
        if (found[0] == null) {
            throw new NoTraceException(
                    "the message %s is older than the topics: neither it nor its receipt is there"
                            .formatted(id));
        }
        return found[0];
    }

    /** What happened to a device, and to its messages, in a span of time. */
    public DeviceTrace device(DeviceId device, long fromMs, long toMs) {
        DeviceTrace trace =
                new DeviceTrace(
                        device,
                        Partitions.of(device, partitions),
                        new SessionLog(gone.get()),
                        fromMs);
        read(
                Topic.MESSAGES,
                device,
                fromMs,
                toMs,
                record -> {
                    Message message = message(device, record);
                    if (message != null) {
                        trace.message(place(record), record.timestamp(), message);
                    }
                    return false;
                });
        read(
                Topic.RECEIPTS,
                device,
                fromMs,
                toMs,
                record -> {
                    value(record).map(ReceiptRecord::decode).ifPresent(trace::settled);
                    return false;
                });
        read(
                Topic.EVENTS,
                device,
                fromMs - lookbackMs,
                toMs,
                record -> {
                    value(record).map(EventRecord::decode).ifPresent(trace::event);
                    return false;
                });
        return trace;
    }

    private void parked(MessageTrace trace, long fromMs, long toMs) {
        TopicPartition place = partition(Topic.INBOX, trace.device());
        PartitionSpan.between(consumer, place, fromMs, toMs)
                .read(
                        consumer,
                        record -> {
                            if (record.value() != null
                                    && InboxKey.decode(record.key())
                                            instanceof InboxKey.Parked parked
                                    && parked.device().equals(trace.device())) {
                                trace.parked(
                                        record.timestamp(), ParkedRecord.decode(record.value()));
                            }
                            return false;
                        });
    }

    private void read(
            Topic topic,
            DeviceId device,
            long fromMs,
            long toMs,
            Predicate<ConsumerRecord<byte[], byte[]>> isEnough) {
        byte[] key = device.bytes();
        PartitionSpan.between(consumer, partition(topic, device), fromMs, toMs)
                .read(
                        consumer,
                        record -> Arrays.equals(record.key(), key) && isEnough.test(record));
    }

    private TopicPartition partition(Topic topic, DeviceId device) {
        return new TopicPartition(kafka.topic(topic), Partitions.of(device, partitions));
    }

    private static MessageId place(ConsumerRecord<?, ?> record) {
        return new MessageId(record.partition(), record.offset());
    }

    private static @Nullable Message message(
            DeviceId device, ConsumerRecord<byte[], byte[]> record) {
        try {
            return MessageRecord.decode(
                    device, payload(record), KafkaHeaders.read(record.headers()));
        } catch (MalformedException e) {
            return null; // it was rejected; its receipt says why
        }
    }

    private static Payload payload(ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] value = record.value();
        return value == null ? Payload.EMPTY : Payload.of(value);
    }

    private static Optional<byte[]> value(ConsumerRecord<byte[], byte[]> record) {
        return Optional.ofNullable(record.value());
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }
}
