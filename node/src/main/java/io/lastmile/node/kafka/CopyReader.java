package io.lastmile.node.kafka;

import io.lastmile.node.trace.MessageTrace;
import io.lastmile.node.trace.NoTraceException;
import io.lastmile.node.trace.SessionLog;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberBits;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.RevocationRecord;
import io.lastmile.wire.record.SummaryRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the topics what became of a broadcast for one device. Where the owner writes no
 * receipt for each member, its summary or its state says how it ended. One thread.
 */
public final class CopyReader {
    /** Owners, edges and brokers do not have quite the same time. */
    private static final long SKEW_MS = 5_000;

    private static final int NO_NUMBER = -1;

    private final KafkaSettings kafka;
    private final Consumer<byte[], byte[]> consumer;
    private final int partitions;
    private final Supplier<Map<Incarnation, NodeRecord.Gone>> gone;
    private final Function<DeviceId, Optional<RevocationRecord>> revocations;
    private final long lookbackMs;

    /**
     * Copies read with a consumer, which it assigns.
     *
     * @param gone which edges are
     * @param revocations whether and why a device may not connect
     * @param lookbackMs how far back the last session before a broadcast is looked for
     */
    public CopyReader(
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
     * The life of a copy.
     *
     * @throws NoTraceException where there is no such broadcast, or it is not for the device
     */
    public MessageTrace copy(BroadcastId id, DeviceId device) {
        BroadcastReader.Read read =
                new BroadcastReader(kafka, consumer)
                        .broadcast(id)
                        .orElseThrow(() ->
                                new NoTraceException(
                                        "there is no broadcast %s, or not any more".formatted(id)));
        return switch (read.record()) {
            case BroadcastRecord.Cancel(var other) ->
                    throw new NoTraceException(
                            "the record %s is no broadcast, it takes %s back".formatted(id, other));
            case BroadcastRecord.Post post -> new Copy(id, device, read.acceptedAtMs()).trace(post);
        };
    }

    /** One copy, put together record by record. */
    private final class Copy {
        private final BroadcastId id;
        private final DeviceId device;
        private final long acceptedAtMs;
        private final int partition;
        private int number = NO_NUMBER;
        private @Nullable MessageId mark;
        private long markedAtMs;
        private @Nullable SummaryRecord summary;
        private CopiesAckedRecord.@Nullable Ack ack;
        private @Nullable SessionId ackedBy;
        private @Nullable OutcomesRecord outcomes;
        private long outcomesAtMs;

        Copy(BroadcastId id, DeviceId device, long acceptedAtMs) {
            this.id = id;
            this.device = device;
            this.acceptedAtMs = acceptedAtMs;
            partition = Partitions.of(device, partitions);
        }

        MessageTrace trace(BroadcastRecord.Post post) {
            number();
            read(Topic.MESSAGES, acceptedAtMs - SKEW_MS, this::mark);
            MessageId its = mark;
            if (its == null) {
                throw new NoTraceException(
                        "the broadcast %s has no mark in partition %d, that of %s: its owner has not come to it, or had no members of %s"
                                .formatted(id, partition, device, post.audience()));
            }
            MessageTrace trace = new MessageTrace(its, device, new SessionLog(gone.get()));
            revocations.apply(device).ifPresent(trace::lockedOut);
            trace.accepted(acceptedAtMs, post.message(), true);
            trace.marked(markedAtMs, id, post.audience().text());
            read(Topic.RECEIPTS, acceptedAtMs - SKEW_MS, record -> receipt(trace, record));
            read(Topic.EVENTS, acceptedAtMs - lookbackMs, record -> event(trace, its, record));
            read(Topic.INBOX, acceptedAtMs - SKEW_MS, record -> outcomes(its, record));
            if (trace.receipt() == null) {
                settle(trace, its);
            }
            return trace;
        }

        /** Its number now, which was its number then unless it was in no channel meanwhile. */
        private void number() {
            byte[] key = device.bytes();
            PartitionSpan.all(consumer, new TopicPartition(kafka.topic(Topic.MEMBERS), partition))
                    .read(
                            consumer,
                            record -> {
                                byte @Nullable [] value = record.value();
                                if (value != null && Arrays.equals(record.key(), key)) {
                                    number = MemberRecord.decode(value).number();
                                }
                                return false;
                            });
        }

        private boolean mark(ConsumerRecord<byte[], byte[]> record) {
            byte @Nullable [] value = record.value();
            if (value == null || record.key() != null || !TraceReader.isMark(record)) {
                return false;
            }
            MarkRecord read = MarkRecord.decode(value);
            boolean isIts =
                    read.facts().id().equals(id)
                            && (read.member() == MarkRecord.ALL || read.member() == number);
            if (isIts) { // a later one is for it alone: kept, or sent once more
                mark = new MessageId(partition, record.offset());
                markedAtMs = record.timestamp();
            }
            return false;
        }

        private boolean receipt(MessageTrace trace, ConsumerRecord<byte[], byte[]> record) {
            byte @Nullable [] value = record.value();
            byte @Nullable [] key = record.key();
            if (value == null || key == null) {
                return false;
            }
            if (Arrays.equals(key, device.bytes())) {
                trace.settled(ReceiptRecord.decode(value)); // of others it takes no notice
            } else if (SummaryRecord.isOne(value)
                    && new String(key, StandardCharsets.UTF_8).equals(SummaryRecord.key(id))) {
                SummaryRecord read = SummaryRecord.decode(value);
                if (read.mark().equals(trace.id())
                        && Arrays.binarySearch(read.members(), number) >= 0) {
                    summary = read;
                }
            }
            return false;
        }

        private boolean event(
                MessageTrace trace, MessageId its, ConsumerRecord<byte[], byte[]> record) {
            byte @Nullable [] value = record.value();
            if (value == null) {
                return false;
            }
            if (Arrays.equals(record.key(), device.bytes())) {
                trace.event(EventRecord.decode(value));
            } else if (record.key() == null) {
                CopiesAckedRecord acked = CopiesAckedRecord.decode(value);
                for (CopiesAckedRecord.Ack one : acked.acks()) {
                    if (acked.offset() == its.offset() && one.member() == number) {
                        ack = one;
                        SessionId by = new SessionId(acked.edge(), one.session());
                        ackedBy = by;
                        trace.event(
                                new EventRecord.Acked(by, List.of(one.ofMessage(its.offset()))));
                    }
                }
            }
            return false;
        }

        private boolean outcomes(MessageId its, ConsumerRecord<byte[], byte[]> record) {
            byte @Nullable [] key = record.key();
            byte @Nullable [] value = record.value();
            if (key != null
                    && value != null
                    && number != NO_NUMBER
                    && InboxKey.decode(key)
                            .equals(new InboxKey.Members(its.offset(), number / MemberBits.BITS))) {
                outcomes = OutcomesRecord.decode(value);
                outcomesAtMs = record.timestamp();
            }
            return false;
        }

        /** Without a receipt of its own: as a summary says, or the owner's state. */
        private void settle(MessageTrace trace, MessageId its) {
            SummaryRecord read = summary;
            if (read != null) {
                trace.settled(receipt(its, read.outcome(), read.settledAtMs()));
                return;
            }
            OutcomesRecord known = outcomes;
            if (known == null || number == NO_NUMBER) {
                throw notForIt(its);
            }
            for (Map.Entry<Outcome, long[]> outcome : known.byOutcome().entrySet()) {
                if (isIn(outcome.getValue())) {
                    trace.settled(receipt(its, outcome.getKey(), outcomesAtMs));
                    return;
                }
            }
            if (!isIn(known.waiting())) {
                throw notForIt(its);
            }
        }

        private NoTraceException notForIt(MessageId its) {
            return new NoTraceException(
                    "%s was not in the audience of %s where its mark %s stands, or that is too long ago"
                            .formatted(device, id, its));
        }

        private boolean isIn(long[] words) {
            int bit = number % MemberBits.BITS;
            return (words[bit / Long.SIZE] >>> bit & 1) != 0; // the shift counts modulo 64
        }

        private ReceiptRecord receipt(MessageId its, Outcome outcome, long settledAtMs) {
            CopiesAckedRecord.Ack last = ack;
            boolean isAnswered = outcome == Outcome.DELIVERED || outcome == Outcome.REJECTED;
            Proof proof = isAnswered ? Proof.PUBACK : Proof.NONE;
            return new ReceiptRecord(
                    its,
                    its.offset(),
                    outcome,
                    ackedBy,
                    acceptedAtMs,
                    ReceiptRecord.NEVER,
                    last == null ? ReceiptRecord.NEVER : last.sentAtMs(),
                    last == null ? settledAtMs : last.acknowledgedAtMs(),
                    settledAtMs,
                    0,
                    last == null ? proof : last.proof(),
                    last == null ? 0 : last.reasonCode(),
                    "with others of its audience",
                    null,
                    id);
        }

        private void read(
                Topic topic, long fromMs, Predicate<ConsumerRecord<byte[], byte[]>> isEnough) {
            PartitionSpan.between(
                            consumer,
                            new TopicPartition(kafka.topic(topic), partition),
                            fromMs,
                            Long.MAX_VALUE)
                    .read(consumer, isEnough);
        }
    }
}
