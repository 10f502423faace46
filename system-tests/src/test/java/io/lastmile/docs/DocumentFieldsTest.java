package io.lastmile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.architecture.SourceTree;
import io.lastmile.cli.tail.RecordView;
import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.ArrivalRecord;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.Receipts;
import io.lastmile.wire.record.RejectHeader;
import io.lastmile.wire.record.RevocationRecord;
import io.lastmile.wire.record.SummaryRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** docs/topics.md names every field that {@code tail --json} prints, in the topic's section. */
class DocumentFieldsTest {
    private static final byte[] DEVICE = "phone-1".getBytes(StandardCharsets.UTF_8);
    private static final DeviceId PHONE = new DeviceId("phone-1");
    private static final Incarnation NODE = new Incarnation("edge-1", 7);
    private static final SessionId SESSION = new SessionId(NODE, 3);
    private static final MessageId ID = new MessageId(0, 5);

    @Test
    void messages() {
        ConsumerRecord<byte[], byte[]> record = record(Topic.MESSAGES, DEVICE, DEVICE);
        record.headers().add("ttl", "60".getBytes(StandardCharsets.UTF_8));
        named(Topic.MESSAGES, record);
        named(Topic.MESSAGES, record(Topic.MESSAGES, DEVICE, new byte[] {-1}));
    }

    @Test
    void events() {
        named(
                Topic.EVENTS,
                new EventRecord.Opened(SESSION, 5, Transport.TCP, 5, 1, 16, true, 1).encode(),
                DEVICE);
        EventRecord.Ack ack = new EventRecord.Ack(5, 1, 2, Proof.PUBACK, 0);
        named(Topic.EVENTS, new EventRecord.Acked(SESSION, List.of(ack)).encode(), DEVICE);
        named(Topic.EVENTS, new EventRecord.Ended(SESSION, EndReason.SLOW, 1).encode(), DEVICE);
    }

    @Test
    void receipts() {
        ReceiptRecord receipt =
                new ReceiptRecord(
                        ID,
                        5,
                        Outcome.REJECTED,
                        SESSION,
                        1,
                        2,
                        3,
                        4,
                        5,
                        1,
                        Proof.PUBACK,
                        0x83,
                        "refused",
                        ID,
                        new BroadcastId(42));
        named(Topic.RECEIPTS, receipt.encode(), DEVICE);
    }

    @Test
    void presence() {
        PresenceRecord presence =
                new PresenceRecord(SESSION, 5, 1, Transport.TCP, 5, 1, 16, true, List.of(SESSION));
        named(Topic.PRESENCE, presence.encode(), DEVICE);
        named(Topic.PRESENCE, null, DEVICE);
    }

    @Test
    void inbox() {
        byte[] parkedKey = new InboxKey.Parked(PHONE, 5).encode();
        ParkedRecord parked =
                new ParkedRecord(
                        ID, 1, 2, 3, 4, 5, 6, Urgency.HIGH, "weather", ID, Outcome.CANCELLED);
        named(Topic.INBOX, parked.encode(), parkedKey);
        named(Topic.INBOX, null, parkedKey);
        byte[] keyKey = new InboxKey.Idempotency(PHONE, "order-17").encode();
        named(Topic.INBOX, new IdempotencyRecord(ID, 1).encode(), keyKey);
        CheckpointRecord checkpoint =
                new CheckpointRecord(
                        1,
                        2,
                        3,
                        16,
                        "a",
                        "b",
                        new CheckpointRecord.BroadcastsRead(5, 4, 3, 2),
                        new long[] {4});
        named(Topic.INBOX, checkpoint.encode(), new InboxKey.Checkpoint().encode());
        named(Topic.INBOX, new ArrivalRecord(5, 6).encode(), new InboxKey.Arrival(3).encode());
        ParkedRecord again =
                new ParkedRecord(
                        ID,
                        1,
                        2,
                        3,
                        ParkedRecord.APPENDED_AGAIN,
                        5,
                        6,
                        Urgency.HIGH,
                        null,
                        null,
                        null);
        named(Topic.INBOX, again.encode(), parkedKey);
        named(Topic.INBOX, new ClaimRecord(NODE, 1).encode(), new InboxKey.Claim().encode());
    }

    private static final MarkRecord MARK =
            new MarkRecord(
                    3,
                    7,
                    new BroadcastFacts(
                            new BroadcastId(42),
                            Audience.parse("news"),
                            1,
                            60,
                            2,
                            30,
                            5,
                            Urgency.HIGH,
                            "key",
                            "order-17",
                            Receipts.EACH,
                            true));

    @Test
    void channels() {
        MemberRecord member =
                new MemberRecord(
                        5,
                        List.of(
                                new MemberRecord.Membership(
                                        new ChannelName("news"), Set.of(MemberSource.API))));
        named(Topic.MEMBERS, member.encode(), DEVICE);
        named(Topic.MEMBERS, null, DEVICE);
        byte[] key = "news".getBytes(StandardCharsets.UTF_8);
        named(Topic.BROADCASTS, DEVICE, key);
        ConsumerRecord<byte[], byte[]> cancel = record(Topic.BROADCASTS, key, DEVICE);
        cancel.headers().add("cancel", "b42".getBytes(StandardCharsets.UTF_8));
        named(Topic.BROADCASTS, cancel);
    }

    @Test
    void broadcastsInOtherTopics() {
        ConsumerRecord<byte[], byte[]> mark =
                new ConsumerRecord<>("lastmile.messages", 0, 9, null, MARK.encode());
        mark.headers().add("mark", "b42".getBytes(StandardCharsets.UTF_8));
        named(Topic.MESSAGES, mark);
        CopiesAckedRecord.Ack ack = new CopiesAckedRecord.Ack(5, 1, 2, 3, Proof.PUBACK, 0);
        named(
                Topic.EVENTS,
                new ConsumerRecord<>(
                        "lastmile.events",
                        0,
                        9,
                        null,
                        new CopiesAckedRecord(NODE, 9, List.of(ack)).encode()));
        SummaryRecord summary =
                new SummaryRecord(new BroadcastId(42), ID, Outcome.DELIVERED, 1, new int[] {5});
        named(
                Topic.RECEIPTS,
                summary.encode(),
                SummaryRecord.key(summary.broadcast()).getBytes(StandardCharsets.UTF_8));
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        Map<Outcome, long[]> members = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, 1);
            members.put(outcome, new long[8]);
        }
        byte[] stateKey = new InboxKey.Mark(9).encode();
        named(
                Topic.INBOX,
                new BroadcastStateRecord(MARK, 1, 2, true, 6, counts, 3, Outcome.CANCELLED)
                        .encode(),
                stateKey);
        named(Topic.INBOX, null, stateKey);
        byte[] membersKey = new InboxKey.Members(9, 1).encode();
        named(Topic.INBOX, new OutcomesRecord(new long[8], members).encode(), membersKey);
        named(Topic.INBOX, null, membersKey);
    }

    @Test
    void revocations() {
        RevocationRecord revocation = new RevocationRecord(1, "support", "stolen");
        named(Topic.REVOCATIONS, revocation.encode(), DEVICE);
        named(Topic.REVOCATIONS, null, DEVICE);
    }

    @Test
    void nodes() {
        NodeRecord beat =
                new NodeRecord.Heartbeat(
                        NodeRole.ROUTER,
                        false,
                        1,
                        1,
                        "0.1.0",
                        Map.of("hop", "127.0.0.1:7400"),
                        Map.of("sessions", 1L),
                        new NodeRecord.RouterPartitions(
                                List.of(new NodeRecord.Claim(0, 1)), Set.of(2)));
        named(Topic.NODES, beat.encode(), new NodeKey(NODE, false).encode());
        named(
                Topic.NODES,
                new NodeRecord.Gone(NodeRole.EDGE, NODE, 1).encode(),
                new NodeKey(NODE, true).encode());
        named(Topic.NODES, null, new NodeKey(NODE, false).encode());
    }

    @Test
    void rejects() {
        ConsumerRecord<byte[], byte[]> record = record(Topic.REJECTS, DEVICE, DEVICE);
        for (RejectHeader header : RejectHeader.values()) {
            record.headers().add(header.headerName(), "0".getBytes(StandardCharsets.UTF_8));
        }
        named(Topic.REJECTS, record);
        named(Topic.REJECTS, record(Topic.REJECTS, new byte[] {-1}, new byte[] {-1}));
    }

    private static void named(Topic topic, byte @Nullable [] value, byte[] key) {
        named(topic, record(topic, key, value));
    }

    private static void named(Topic topic, ConsumerRecord<byte[], byte[]> record) {
        Map<String, Object> fields = RecordView.of(topic, record);
        assertTrue(!fields.containsKey("error"), fields.toString());
        Set<String> unnamed = new TreeSet<>();
        collect(fields, unnamed);
        unnamed.removeAll(Set.of("partition", "offset", "appendedAt")); // named for all topics
        String section = section(topic);
        unnamed.removeIf(name -> section.contains("`" + name + "`"));
        unnamed.removeIf(name -> section.contains("`\"" + name + "\":"));
        assertEquals(Set.of(), unnamed, "fields of " + topic + " that docs/topics.md lacks");
    }

    private static void collect(Map<?, ?> fields, Set<String> names) {
        fields.forEach((name, value) -> {
            names.add(String.valueOf(name));
            boolean free = Set.of("headers", "addresses", "load").contains(String.valueOf(name));
            if (value instanceof List<?> list && !list.isEmpty()) {
                if (list.getFirst() instanceof Map<?, ?> first) {
                    collect(first, names);
                }
            } else if (value instanceof Map<?, ?> nested && !free) {
                collect(nested, names);
            }
        });
    }

    private static String section(Topic topic) {
        String page = SourceTree.text(SourceTree.root().resolve("docs/topics.md"));
        int from = page.indexOf("\n## lastmile." + topic.label() + "\n");
        int to = page.indexOf("\n## ", from + 1);
        String section = page.substring(from, to < 0 ? page.length() : to);
        return section.substring(section.indexOf("JSON: "));
    }

    private static ConsumerRecord<byte[], byte[]> record(
            Topic topic, byte[] key, byte @Nullable [] value) {
        return new ConsumerRecord<>(topic.under("lastmile."), 0, 9, key, value);
    }
}
