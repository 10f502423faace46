package io.lastmile.node.kafka;

import io.lastmile.node.Counted;
import io.lastmile.node.trace.DeviceTrace;
import io.lastmile.node.trace.MessageTrace;
import io.lastmile.node.trace.NoTraceException;
import io.lastmile.node.trace.SessionLog;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.RevocationRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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
    private final Function<DeviceId, Optional<RevocationRecord>> revocations;
    private final long lookbackMs;

    /**
     * Traces read with a consumer, which it assigns.
     *
     * @param gone which edges are, asked once a trace
     * @param revocations whether and why a device may not connect, asked once a trace
     * @param lookbackMs how far back the last session before a message is looked for
     */
    public TraceReader(
            KafkaSettings kafka,
            Consumer<byte[], byte[]> consumer,
            int partitions,
            Supplier<Map<Incarnation, NodeRecord.Gone>> gone,
            Function<DeviceId, Optional<RevocationRecord>> revocations,
            long lookbackMs) {
        this.kafka = kafka;
        this.consumer = consumer;
        this.partitions = partitions;
        this.gone = gone;
        this.revocations = revocations;
        this.lookbackMs = lookbackMs;
    }

    /**
     * The life of a message.
     *
     * @throws NoTraceException where there is none of that id
     */
    public MessageTrace message(MessageId id) {
        MessageTrace trace = found(id);
        revocations.apply(trace.device()).ifPresent(trace::lockedOut);
        long fromMs = trace.acceptedAtMs() - SKEW_MS;
        Set<MessageId> settled = new HashSet<>();
        read(
                Topic.RECEIPTS,
                trace.device(),
                fromMs,
                Long.MAX_VALUE,
                record -> {
                    value(record)
                            .map(ReceiptRecord::decode)
                            .ifPresent(receipt -> {
                                settled.add(receipt.id());
                                trace.settled(receipt);
                            });
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
                    // What has a receipt by its own place is not what it said that it repeats.
                    if (message != null && !settled.contains(place(record))) {
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

    /**
     * A message that stands behind an open transaction, where {@link #message} finds none. Only
     * with a consumer of what is not committed.
     *
     * @throws NoTraceException where there is none of that id
     */
    public MessageTrace behindOpenTransaction(MessageId id) {
        MessageTrace trace = found(id);
        trace.heldBack();
        return trace;
    }

    private MessageTrace found(MessageId id) {
        if (id.partition() >= partitions) {
            throw new NoTraceException(
                    "there is no message %s: the topics have %s"
                            .formatted(id, Counted.of(partitions, "partition")));
        }
        TopicPartition place = new TopicPartition(kafka.topic(Topic.MESSAGES), id.partition());
        PartitionSpan all = PartitionSpan.all(consumer, place);
        if (id.offset() >= all.to()) {
            throw NoTraceException.beyondStable(
                    all.to() == 0
                            ? "there is no message %s: its partition has never had any"
                                    .formatted(id)
                            : "there is no message %s: the newest of its partition is at most %d-%d"
                                    .formatted(id, id.partition(), all.to() - 1));
        }
        if (id.offset() < all.from()) {
            return fromReceipt(id);
        }
        Found found = new Found();
        new PartitionSpan(place, id.offset(), id.offset() + 1)
                .read(consumer, record -> found.record(record, id));
        MessageTrace trace = found.trace;
        if (trace == null) {
            throw new NoTraceException("there is no message %s".formatted(id));
        }
        MessageId origin = found.origin;
        if (origin != null && !isRejected(trace)) {
            throw new NoTraceException(
                    "the record %s repeats a message that was accepted before: lastmile trace %s"
                            .formatted(id, origin));
        }
        return trace;
    }

    /** Whether an owner refused it: where it says that it repeats another, it does not. */
    private boolean isRejected(MessageTrace trace) {
        boolean[] rejected = new boolean[1];
        read(
                Topic.RECEIPTS,
                trace.device(),
                trace.acceptedAtMs() - SKEW_MS,
                Long.MAX_VALUE,
                record -> {
                    rejected[0] =
                            value(record)
                                    .map(ReceiptRecord::decode)
                                    .filter(receipt -> receipt.id().equals(trace.id()))
                                    .isPresent();
                    return rejected[0];
                });
        return rejected[0];
    }

    /** What the one record of an id says. */
    private final class Found {
        private @Nullable MessageTrace trace;
        private @Nullable MessageId origin;

        boolean record(ConsumerRecord<byte[], byte[]> record, MessageId id) {
            byte @Nullable [] key = record.key();
            byte @Nullable [] value = record.value();
            if (key == null && value != null && isMark(record)) {
                throw new NoTraceException(
                        "the record %1$s is the mark of broadcast %2$s: lastmile trace --broadcast %2$s --device ID"
                                .formatted(id, MarkRecord.decode(value).facts().id()));
            }
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
            if (message != null && message.control() != null) {
                throw new NoTraceException(
                        "the record %s is no message, %s joins or leaves a channel by it: lastmile trace --device %s"
                                .formatted(id, device, device));
            }
            origin = message == null ? null : message.origin();
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
                            DeviceId device = DeviceId.ofBytes(record.key());
                            if (receipt == null || device == null || !receipt.id().equals(id)) {
                                return false;
                            }
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
        revocations.apply(device).ifPresent(trace::lockedOut);
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

    /** Whether a record of messages says that it is a mark. */
    static boolean isMark(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(MessageHeader.MARK.headerName()) != null;
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
}
