package io.lastmile.cli.tail;

import io.lastmile.cli.output.Fields;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.ArrivalRecord;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.RejectHeader;
import io.lastmile.wire.record.RevocationKey;
import io.lastmile.wire.record.RevocationRecord;
import io.lastmile.wire.record.SummaryRecord;
import io.lastmile.wire.record.Topic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record of any of the topics as named fields, in the order in which people want to read them.
 * The names are those of docs/topics.md. Whatever the bytes are, there is a view: what cannot be
 * decoded is shown as it is, with the reason in {@code error}.
 */
public final class RecordView {
    private RecordView() {}

    /** The fields of a record. */
    public static Map<String, Object> of(Topic topic, ConsumerRecord<byte[], byte[]> record) {
        try {
            Fields fields =
                    switch (topic) {
                        case MESSAGES ->
                                ChannelView.isMark(record)
                                        ? ChannelView.mark(record)
                                        : message(record);
                        case EVENTS ->
                                record.key() == null
                                        ? ChannelView.copiesAcked(record)
                                        : event(record);
                        case RECEIPTS ->
                                SummaryRecord.isOne(value(record))
                                        ? ChannelView.summary(record)
                                        : receipt(record);
                        case PRESENCE -> presence(record);
                        case INBOX -> inbox(record);
                        case MEMBERS -> ChannelView.member(record);
                        case BROADCASTS -> ChannelView.broadcast(record);
                        case REVOCATIONS -> revocation(record);
                        case NODES -> node(record);
                        case REJECTS -> reject(record);
                    };
            return place(fields, record).map();
        } catch (MalformedException e) {
            return place(raw(record).put("error", e.getMessage()), record).map();
        }
    }

    /** The same fields without what a producer wrote for the device: its length instead. */
    public static Map<String, Object> withoutPayload(
            Map<String, Object> fields, ConsumerRecord<byte[], byte[]> record) {
        Map<String, Object> safe = new LinkedHashMap<>(fields);
        boolean isText = safe.remove("payload") != null;
        if (safe.remove("payloadBase64") != null || isText) {
            byte @Nullable [] value = record.value();
            safe.put("payloadBytes", value == null ? 0 : value.length);
        }
        return safe;
    }

    /** The device that a record is about, or null where it is about none. */
    public static @Nullable String device(Topic topic, ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] key = record.key();
        if (key == null || topic == Topic.NODES || topic == Topic.BROADCASTS) {
            return null;
        }
        try {
            if (topic == Topic.REVOCATIONS) {
                return RevocationKey.decode(key).device().value();
            }
            if (topic != Topic.INBOX) {
                return Fields.textOrNull(key);
            }
            return switch (InboxKey.decode(key)) {
                case InboxKey.Parked parked -> parked.device().value();
                case InboxKey.Idempotency known -> known.device().value();
                case InboxKey.Checkpoint _,
                        InboxKey.Claim _,
                        InboxKey.Arrival _,
                        InboxKey.Mark _,
                        InboxKey.Members _,
                        InboxKey.Scheduled _ ->
                        null;
            };
        } catch (MalformedException e) {
            return null;
        }
    }

    private static Fields revocation(ConsumerRecord<byte[], byte[]> record) {
        RevocationKey key = RevocationKey.decode(record.key());
        Fields fields = new Fields().put("device", key.device().value()).put("once", key.once());
        byte @Nullable [] value = record.value();
        if (value == null) {
            return fields.put("deleted", true);
        }
        RevocationRecord revocation = RevocationRecord.decode(value);
        return fields.time("at", revocation.atMs())
                .put("by", revocation.by())
                .put("reason", revocation.reason());
    }

    private static Fields place(Fields fields, ConsumerRecord<byte[], byte[]> record) {
        return fields.put("partition", record.partition())
                .put("offset", record.offset())
                .time("appendedAt", record.timestamp());
    }

    private static Fields message(ConsumerRecord<byte[], byte[]> record) {
        String origin = Fields.header(record, MessageHeader.ORIGIN.headerName());
        String first = Fields.header(record, MessageHeader.ACCEPTED_AT.headerName());
        Fields fields =
                new Fields()
                        .put("id", origin != null ? origin : placeOf(record).toString())
                        .device(record.key());
        if (first != null && first.matches("[0-9]{1,18}")) {
            fields.time("acceptedAt", Long.parseLong(first));
        } else {
            fields.time("acceptedAt", record.timestamp());
        }
        return fields.headers("headers", record).payload(record.value());
    }

    private static Fields event(ConsumerRecord<byte[], byte[]> record) {
        EventRecord event = EventRecord.decode(value(record));
        Fields fields = new Fields().device(record.key());
        return switch (event) {
            case EventRecord.Opened opened -> {
                session(fields.put("event", "opened"), opened.session());
                if (opened.firstOpened() != EventRecord.FIRST) {
                    fields.put("firstOpened", opened.firstOpened());
                }
                yield fields.put("transport", opened.transport().label())
                        .put("protocolLevel", opened.protocolLevel())
                        .put("qos", opened.qos())
                        .put("windowMessages", opened.windowMessages())
                        .put("takesInbox", opened.takesInbox())
                        .time("at", opened.atMs());
            }
            case EventRecord.Acked acked ->
                    session(fields.put("event", "acked"), acked.session())
                            .put(
                                    "acks",
                                    acked.acks().stream()
                                            .map(ack -> ack(record.partition(), ack))
                                            .toList());
            case EventRecord.Ended ended ->
                    session(fields.put("event", "ended"), ended.session())
                            .put("reason", ended.reason().label())
                            .time("at", ended.atMs());
        };
    }

    private static Map<String, Object> ack(int partition, EventRecord.Ack ack) {
        return new Fields()
                .put("messageOffset", ack.offset())
                .put("message", new MessageId(partition, ack.offset()).toString())
                .time("sentAt", ack.sentAtMs())
                .time("acknowledgedAt", ack.acknowledgedAtMs())
                .put("proof", ack.proof().label())
                .put("reasonCode", ack.reasonCode())
                .map();
    }

    private static Fields receipt(ConsumerRecord<byte[], byte[]> record) {
        ReceiptRecord receipt = ReceiptRecord.decode(value(record));
        Fields fields =
                new Fields()
                        .put("id", receipt.id().toString())
                        .device(record.key())
                        .put("outcome", receipt.outcome().label());
        session(fields, receipt.session());
        return fields.time("acceptedAt", receipt.acceptedAtMs())
                .time("routedAt", receipt.routedAtMs())
                .time("sentAt", receipt.sentAtMs())
                .time("acknowledgedAt", receipt.acknowledgedAtMs())
                .time("settledAt", receipt.settledAtMs())
                .put("sends", receipt.sends())
                .put("proof", receipt.proof().label())
                .put("reasonCode", receipt.reasonCode())
                .put("detail", receipt.detail().isEmpty() ? null : receipt.detail())
                .id("replayOf", receipt.replayOf())
                .put(
                        "broadcast",
                        receipt.broadcast() == null ? null : receipt.broadcast().toString())
                .put("messageOffset", receipt.offset());
    }

    private static Fields presence(ConsumerRecord<byte[], byte[]> record) {
        Fields fields = new Fields().device(record.key());
        byte @Nullable [] value = record.value();
        if (value == null) {
            return fields.put("online", false);
        }
        PresenceRecord presence = PresenceRecord.decode(value);
        fields.put("online", true);
        session(fields, presence.session());
        fields.time("since", presence.sinceMs())
                .put("transport", presence.transport().label())
                .put("protocolLevel", presence.protocolLevel())
                .put("qos", presence.qos())
                .put("windowMessages", presence.windowMessages())
                .put("takesInbox", presence.takesInbox())
                .put("openedOffset", presence.openedOffset());
        List<Map<String, Object>> awaited =
                presence.awaited().stream()
                        .map(older -> session(new Fields(), older).map())
                        .toList();
        return fields.put("awaited", awaited);
    }

    private static Fields inbox(ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] value = record.value();
        return switch (InboxKey.decode(key(record))) {
            case InboxKey.Parked(DeviceId device, long offset) -> {
                Fields fields =
                        new Fields()
                                .put("kind", "parked")
                                .put("device", device.value())
                                .put("messageOffset", offset);
                yield value == null ? fields.put("deleted", true) : parked(fields, value);
            }
            case InboxKey.Idempotency(DeviceId device, String key) -> {
                Fields fields =
                        new Fields()
                                .put("kind", "idempotency")
                                .put("device", device.value())
                                .put("idempotencyKey", key);
                yield value == null ? fields.put("deleted", true) : known(fields, value);
            }
            case InboxKey.Checkpoint _ ->
                    checkpoint(new Fields().put("kind", "checkpoint"), value(record));
            case InboxKey.Arrival(int from) -> {
                ArrivalRecord arrival = ArrivalRecord.decode(value(record));
                yield new Fields()
                        .put("kind", "arrival")
                        .put("fromPartition", from)
                        .put("origin", new MessageId(from, arrival.origin()).toString())
                        .put("messageOffset", arrival.offset());
            }
            case InboxKey.Scheduled scheduled -> ChannelView.scheduled(scheduled, record);
            case InboxKey.Mark mark -> ChannelView.state(mark, record);
            case InboxKey.Members members -> ChannelView.outcomes(members, record);
            case InboxKey.Claim _ -> {
                ClaimRecord claim = ClaimRecord.decode(value(record));
                yield incarnation(new Fields().put("kind", "claim"), "router", claim.owner())
                        .put("epoch", record.offset())
                        .time("at", claim.atMs());
            }
        };
    }

    private static Fields parked(Fields fields, byte[] value) {
        ParkedRecord parked = ParkedRecord.decode(value);
        boolean again = parked.notBeforeMs() == ParkedRecord.APPENDED_AGAIN;
        return fields.put("id", parked.id().toString())
                .time("acceptedAt", parked.acceptedAtMs())
                .time("routedAt", parked.routedAtMs())
                .time("expiresAt", parked.expiresAtMs())
                .time("notBefore", again ? Message.ABSENT : parked.notBeforeMs())
                .put("appendedAgain", again ? true : null)
                .put("bodyBytes", parked.bodyBytes())
                .put("sends", parked.sends())
                .put("urgency", parked.urgency().label())
                .put("collapseKey", parked.collapseKey())
                .id("replayOf", parked.replayOf())
                .put("ending", parked.ending() == null ? null : parked.ending().label());
    }

    private static Fields known(Fields fields, byte[] value) {
        IdempotencyRecord known = IdempotencyRecord.decode(value);
        return fields.put("first", known.first().toString())
                .time("forgottenAt", known.forgottenAtMs());
    }

    private static Fields checkpoint(Fields fields, byte[] value) {
        CheckpointRecord checkpoint = CheckpointRecord.decode(value);
        return fields.put("epoch", checkpoint.epoch())
                .put("watermark", checkpoint.watermark())
                .put("settledAbove", LongStream.of(checkpoint.settledAbove()).boxed().toList())
                .put("eventsPosition", checkpoint.eventsPosition())
                .put("partitions", checkpoint.partitions())
                .put("messagesTopicId", checkpoint.messagesTopicId())
                .put("eventsTopicId", checkpoint.eventsTopicId())
                .put("broadcastsPosition", checkpoint.broadcasts().position())
                .put("marksAppended", checkpoint.broadcasts().marks())
                .put("marksRead", checkpoint.broadcasts().cut())
                .put("memberNumbers", checkpoint.broadcasts().memberNumbers());
    }

    private static Fields node(ConsumerRecord<byte[], byte[]> record) {
        NodeKey key = NodeKey.decode(key(record));
        Fields fields = new Fields().put("kind", key.gone() ? "gone" : "heartbeat");
        incarnation(fields, "node", key.incarnation());
        byte @Nullable [] value = record.value();
        if (value == null) {
            return fields.put("deleted", true);
        }
        return switch (NodeRecord.decode(value)) {
            case NodeRecord.Gone gone ->
                    incarnation(fields.put("role", gone.role().label()), "by", gone.by())
                            .time("at", gone.atMs());
            case NodeRecord.Heartbeat beat ->
                    fields.put("role", beat.role().label())
                            .put("draining", beat.draining())
                            .put("sequence", beat.sequence())
                            .time("startedAt", beat.startedAtMs())
                            .put("software", beat.software())
                            .put("addresses", beat.addresses())
                            .put("load", beat.load())
                            .put("claims", beat.claims().stream().map(RecordView::claim).toList())
                            .put("unable", List.copyOf(beat.partitions().unable()));
        };
    }

    private static Map<String, Object> claim(NodeRecord.Claim claim) {
        return new Fields().put("partition", claim.partition()).put("epoch", claim.epoch()).map();
    }

    private static Fields reject(ConsumerRecord<byte[], byte[]> record) {
        return new Fields()
                .put("reason", Fields.header(record, RejectHeader.REASON.headerName()))
                .put("rejectTopic", Fields.header(record, RejectHeader.TOPIC.headerName()))
                .number(
                        "rejectPartition",
                        Fields.header(record, RejectHeader.PARTITION.headerName()))
                .number("rejectOffset", Fields.header(record, RejectHeader.OFFSET.headerName()))
                .device(record.key())
                .headers("headers", record)
                .payload(record.value());
    }

    private static Fields raw(ConsumerRecord<byte[], byte[]> record) {
        return new Fields().bytes("key", record.key()).bytes("value", record.value());
    }

    private static Fields session(Fields fields, @Nullable SessionId session) {
        return session == null
                ? fields
                : incarnation(fields, "edge", session.edge()).put("session", session.number());
    }

    /** A node by its name, under the name of its part, and the number as logs show it. */
    static Fields incarnation(Fields fields, String part, Incarnation incarnation) {
        return fields.put(part, incarnation.node())
                .put(
                        part.equals("by") ? "byIncarnation" : "incarnation",
                        Long.toString(incarnation.number(), 36));
    }

    static MessageId placeOf(ConsumerRecord<byte[], byte[]> record) {
        return new MessageId(record.partition(), record.offset());
    }

    private static byte[] key(ConsumerRecord<byte[], byte[]> record) {
        return present("key", record.key());
    }

    static byte[] value(ConsumerRecord<byte[], byte[]> record) {
        return present("value", record.value());
    }

    private static byte[] present(String part, byte @Nullable [] bytes) {
        if (bytes == null) {
            throw new MalformedException(part, "there is none");
        }
        return bytes;
    }

    static {
        // The views print absent numbers as nothing; both formats say "absent" in the same way.
        if (Message.ABSENT != ReceiptRecord.NEVER) {
            throw new AssertionError("absent and never differ");
        }
    }
}
