package io.lastmile.cli.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.cli.output.LineFormat;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.RevocationKey;
import io.lastmile.wire.record.RevocationRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The names here are those of docs/topics.md; people's scripts depend on them.
 *
 * <p>Long because it has every kind of record.
 */
class RecordViewTest {
    private static final long AT_MS = 1_700_000_000_123L;
    private static final String AT = "2023-11-14T22:13:20.123Z";
    private static final String PLACE =
            ",\"partition\":3,\"offset\":7,\"appendedAt\":\"" + AT + "\"}";
    private static final DeviceId PHONE = new DeviceId("phone-1");
    private static final Incarnation EDGE = new Incarnation("edge-a", 35);
    private static final SessionId SESSION = new SessionId(EDGE, 9);
    private static final String IN_SESSION =
            "\"edge\":\"edge-a\",\"incarnation\":\"z\",\"session\":9";

    @Test
    void aMessage() {
        var record = record(PHONE.bytes(), bytes("hé\n"));
        record.headers().add("ttl", bytes("60")).add("my-own", bytes("x"));
        assertEquals(
                "{\"id\":\"3-7\",\"device\":\"phone-1\",\"acceptedAt\":\""
                        + AT
                        + "\",\"headers\":{\"ttl\":\"60\",\"my-own\":\"x\"},\"payload\":\"hé\\n\""
                        + PLACE,
                json(Topic.MESSAGES, record));
    }

    @Test
    void aMessageThatWasAppendedAgainHasItsFirstIdAndTime() {
        var record = record(PHONE.bytes(), new byte[] {(byte) 0xff});
        record.headers().add("origin", bytes("3-2")).add("accepted-at", bytes("0"));
        assertEquals(
                "{\"id\":\"3-2\",\"device\":\"phone-1\",\"acceptedAt\":\"1970-01-01T00:00:00.000Z\","
                        + "\"headers\":{\"origin\":\"3-2\",\"accepted-at\":\"0\"},"
                        + "\"payloadBase64\":\"/w==\""
                        + PLACE,
                json(Topic.MESSAGES, record));
    }

    @Test
    void aMessageOfAPlainProducerWithoutKeyOrValue() {
        assertEquals(
                "{\"id\":\"3-7\",\"acceptedAt\":\"" + AT + "\",\"payload\":\"\"" + PLACE,
                json(Topic.MESSAGES, record(null, null)));
    }

    @Test
    void events() {
        var opened =
                new EventRecord.Opened(
                        SESSION, EventRecord.FIRST, Transport.TCP, 5, 1, 16, true, AT_MS);
        assertEquals(
                "{\"device\":\"phone-1\",\"event\":\"opened\","
                        + IN_SESSION
                        + ",\"transport\":\"tcp\",\"protocolLevel\":5,\"qos\":1,"
                        + "\"windowMessages\":16,\"takesInbox\":true,\"at\":\""
                        + AT
                        + "\""
                        + PLACE,
                json(Topic.EVENTS, record(PHONE.bytes(), opened.encode())));
        var acked =
                new EventRecord.Acked(
                        SESSION, List.of(new EventRecord.Ack(5, AT_MS, AT_MS, Proof.PUBACK, 0)));
        assertEquals(
                "{\"device\":\"phone-1\",\"event\":\"acked\","
                        + IN_SESSION
                        + ",\"acks\":[{\"messageOffset\":5,\"message\":\"3-5\",\"sentAt\":\""
                        + AT
                        + "\",\"acknowledgedAt\":\""
                        + AT
                        + "\",\"proof\":\"puback\",\"reasonCode\":0}]"
                        + PLACE,
                json(Topic.EVENTS, record(PHONE.bytes(), acked.encode())));
        var ended = new EventRecord.Ended(SESSION, EndReason.KEEP_ALIVE, AT_MS);
        assertEquals(
                "{\"device\":\"phone-1\",\"event\":\"ended\","
                        + IN_SESSION
                        + ",\"reason\":\"keep-alive\",\"at\":\""
                        + AT
                        + "\""
                        + PLACE,
                json(Topic.EVENTS, record(PHONE.bytes(), ended.encode())));
    }

    @Test
    void aReceipt() {
        var receipt =
                new ReceiptRecord(
                        new MessageId(3, 2),
                        5,
                        Outcome.DELIVERED,
                        SESSION,
                        AT_MS,
                        AT_MS,
                        AT_MS,
                        AT_MS,
                        AT_MS,
                        2,
                        Proof.PUBACK,
                        0,
                        "",
                        new MessageId(3, 1),
                        null);
        assertEquals(
                "{\"id\":\"3-2\",\"device\":\"phone-1\",\"outcome\":\"delivered\","
                        + IN_SESSION
                        + ",\"acceptedAt\":\"%1$s\",\"routedAt\":\"%1$s\",\"sentAt\":\"%1$s\","
                                .formatted(AT)
                        + "\"acknowledgedAt\":\"%1$s\",\"settledAt\":\"%1$s\",".formatted(AT)
                        + "\"sends\":2,\"proof\":\"puback\",\"reasonCode\":0,"
                        + "\"replayOf\":\"3-1\",\"messageOffset\":5"
                        + PLACE,
                json(Topic.RECEIPTS, record(PHONE.bytes(), receipt.encode())));
    }

    @Test
    void aReceiptOfWhatNeverWentOutLeavesOutWhatIsAbsent() {
        var receipt =
                new ReceiptRecord(
                        new MessageId(3, 5),
                        5,
                        Outcome.REJECTED,
                        null,
                        AT_MS,
                        AT_MS,
                        ReceiptRecord.NEVER,
                        ReceiptRecord.NEVER,
                        AT_MS,
                        0,
                        Proof.NONE,
                        0,
                        "ttl: a whole number",
                        null,
                        null);
        Map<String, Object> fields =
                RecordView.of(Topic.RECEIPTS, record(PHONE.bytes(), receipt.encode()));
        assertEquals("ttl: a whole number", fields.get("detail"));
        for (String absent : List.of("edge", "session", "sentAt", "acknowledgedAt", "replayOf")) {
            assertNull(fields.get(absent), absent);
        }
    }

    @Test
    void presence() {
        var presence =
                new PresenceRecord(
                        SESSION,
                        4,
                        AT_MS,
                        Transport.TLS,
                        4,
                        0,
                        1,
                        true,
                        List.of(new SessionId(EDGE, 8)));
        assertEquals(
                "{\"device\":\"phone-1\",\"online\":true,"
                        + IN_SESSION
                        + ",\"since\":\""
                        + AT
                        + "\",\"transport\":\"tls\",\"protocolLevel\":4,\"qos\":0,"
                        + "\"windowMessages\":1,\"takesInbox\":true,\"openedOffset\":4,"
                        + "\"awaited\":[{\"edge\":\"edge-a\",\"incarnation\":\"z\",\"session\":8}]"
                        + PLACE,
                json(Topic.PRESENCE, record(PHONE.bytes(), presence.encode())));
        assertEquals(
                "{\"device\":\"phone-1\",\"online\":false" + PLACE,
                json(Topic.PRESENCE, record(PHONE.bytes(), null)));
    }

    @Test
    void presenceIsSaidInWords() {
        String offline =
                LineFormat.TEXT.line(RecordView.of(Topic.PRESENCE, record(PHONE.bytes(), null)));
        assertTrue(offline.contains("phone-1  not online"), offline);
        assertFalse(offline.contains("false"), offline);
    }

    @Test
    void aDisconnectBelongsToItsDeviceToo() {
        byte[] once = new RevocationKey(PHONE, true).encode();
        byte[] value = new RevocationRecord(1, "", "").encode();
        assertEquals("phone-1", RecordView.device(Topic.REVOCATIONS, record(once, value)));
    }

    @Test
    void inbox() {
        var parked =
                new ParkedRecord(
                        new MessageId(3, 5),
                        AT_MS,
                        AT_MS,
                        AT_MS,
                        Message.ABSENT,
                        12,
                        1,
                        Urgency.HIGH,
                        "k",
                        null,
                        Outcome.CANCELLED);
        byte[] parkedKey = new InboxKey.Parked(PHONE, 5).encode();
        assertEquals(
                "{\"kind\":\"parked\",\"device\":\"phone-1\",\"messageOffset\":5,\"id\":\"3-5\","
                        + "\"acceptedAt\":\"%1$s\",\"routedAt\":\"%1$s\",\"expiresAt\":\"%1$s\","
                                .formatted(AT)
                        + "\"bodyBytes\":12,\"sends\":1,\"urgency\":\"high\",\"collapseKey\":\"k\",\"ending\":\"cancelled\""
                        + PLACE,
                json(Topic.INBOX, record(parkedKey, parked.encode())));
        assertEquals(
                "{\"kind\":\"parked\",\"device\":\"phone-1\",\"messageOffset\":5,\"deleted\":true"
                        + PLACE,
                json(Topic.INBOX, record(parkedKey, null)));
        assertEquals(
                "{\"kind\":\"idempotency\",\"device\":\"phone-1\",\"idempotencyKey\":\"a\","
                        + "\"first\":\"3-1\",\"forgottenAt\":\""
                        + AT
                        + "\""
                        + PLACE,
                json(
                        Topic.INBOX,
                        record(
                                new InboxKey.Idempotency(PHONE, "a").encode(),
                                new IdempotencyRecord(new MessageId(3, 1), AT_MS).encode())));
    }

    @Test
    void checkpointsAndClaims() {
        var checkpoint =
                new CheckpointRecord(
                        4,
                        10,
                        20,
                        16,
                        "topic-m",
                        "topic-e",
                        CheckpointRecord.BroadcastsRead.FROM_START,
                        new long[] {12, 15});
        assertEquals(
                "{\"kind\":\"checkpoint\",\"epoch\":4,\"watermark\":10,\"settledAbove\":[12,15],"
                        + "\"eventsPosition\":20,\"partitions\":16,"
                        + "\"messagesTopicId\":\"topic-m\",\"eventsTopicId\":\"topic-e\","
                        + "\"broadcastsPosition\":0,\"marksAppended\":0,\"marksRead\":0,"
                        + "\"memberNumbers\":0"
                        + PLACE,
                json(Topic.INBOX, record(new InboxKey.Checkpoint().encode(), checkpoint.encode())));
        assertEquals(
                "{\"kind\":\"claim\",\"router\":\"edge-a\",\"incarnation\":\"z\",\"epoch\":7,"
                        + "\"at\":\""
                        + AT
                        + "\""
                        + PLACE,
                json(
                        Topic.INBOX,
                        record(
                                new InboxKey.Claim().encode(),
                                new ClaimRecord(EDGE, AT_MS).encode())));
    }

    @Test
    void nodes() {
        var beat =
                new NodeRecord.Heartbeat(
                        NodeRole.ROUTER,
                        false,
                        2,
                        AT_MS,
                        "0.1.0",
                        Map.of("admin", "127.0.0.1:9102"),
                        Map.of("partitions", 1L),
                        new NodeRecord.RouterPartitions(
                                List.of(new NodeRecord.Claim(3, 7)), Set.of(4)));
        assertEquals(
                "{\"kind\":\"heartbeat\",\"node\":\"edge-a\",\"incarnation\":\"z\","
                        + "\"role\":\"router\",\"draining\":false,\"sequence\":2,\"startedAt\":\""
                        + AT
                        + "\",\"software\":\"0.1.0\",\"addresses\":{\"admin\":\"127.0.0.1:9102\"},"
                        + "\"load\":{\"partitions\":1},\"claims\":[{\"partition\":3,\"epoch\":7}],"
                        + "\"unable\":[4]"
                        + PLACE,
                json(Topic.NODES, record(new NodeKey(EDGE, false).encode(), beat.encode())));
        var gone = new NodeRecord.Gone(NodeRole.EDGE, new Incarnation("router-b", 36), AT_MS);
        assertEquals(
                "{\"kind\":\"gone\",\"node\":\"edge-a\",\"incarnation\":\"z\",\"role\":\"edge\",\"by\":\"router-b\","
                        + "\"byIncarnation\":\"10\",\"at\":\""
                        + AT
                        + "\""
                        + PLACE,
                json(Topic.NODES, record(new NodeKey(EDGE, true).encode(), gone.encode())));
    }

    @Test
    void rejects() {
        var record = record(bytes("not a device"), bytes("x"));
        record.headers()
                .add("reject-reason", bytes("key: no device"))
                .add("reject-topic", bytes("lastmile.messages"))
                .add("reject-partition", bytes("3"))
                .add("reject-offset", bytes("12"));
        Map<String, Object> fields = RecordView.of(Topic.REJECTS, record);
        assertEquals("key: no device", fields.get("reason"));
        assertEquals("lastmile.messages", fields.get("rejectTopic"));
        assertEquals(3L, fields.get("rejectPartition"));
        assertEquals(12L, fields.get("rejectOffset"));
        assertEquals("not a device", fields.get("key"));
        assertEquals("x", fields.get("payload"));
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void whatIsBrokenIsShownWithTheReason(Topic topic) {
        var record = record(new byte[] {9}, new byte[] {99, (byte) 0x80});
        Map<String, Object> fields = RecordView.of(topic, record);
        assertEquals(7L, fields.get("offset"));
        boolean understood = topic == Topic.MESSAGES || topic == Topic.REJECTS;
        assertEquals(!understood, fields.containsKey("error"), fields.toString());
        assertTrue(fields.containsKey("key"), fields.toString());
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void nothingAtAllIsNoCrash(Topic topic) {
        RecordView.of(topic, record(null, null));
        assertNull(RecordView.device(topic, record(null, null)));
    }

    @Test
    void theDeviceIsInTheKeyAlsoWhereTheKeyIsMoreThanThat() {
        assertEquals("phone-1", RecordView.device(Topic.RECEIPTS, record(PHONE.bytes(), null)));
        byte[] parked = new InboxKey.Parked(PHONE, 5).encode();
        assertEquals("phone-1", RecordView.device(Topic.INBOX, record(parked, null)));
        byte[] claim = new InboxKey.Claim().encode();
        assertNull(RecordView.device(Topic.INBOX, record(claim, null)));
    }

    @Test
    void textCannotCommandATerminal() {
        var record = record(PHONE.bytes(), bytes("\u001b[2Jred\nline"));
        String line = LineFormat.TEXT.line(RecordView.of(Topic.MESSAGES, record));
        assertEquals(
                AT
                        + "  phone-1  3-7  acceptedAt="
                        + AT
                        + "  payload=?[2Jred\\nline  partition=3  offset=7",
                line);
    }

    private static String json(Topic topic, ConsumerRecord<byte[], byte[]> record) {
        return LineFormat.JSON.line(RecordView.of(topic, record));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @SuppressWarnings("NullAway") // Kafka's records may have no key and no value
    private static ConsumerRecord<byte[], byte[]> record(
            byte @Nullable [] key, byte @Nullable [] value) {
        return new ConsumerRecord<>(
                "t",
                3,
                7,
                AT_MS,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
