package io.lastmile.cli.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lastmile.cli.output.LineFormat;
import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.Receipts;
import io.lastmile.wire.record.SummaryRecord;
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

/** The names here are those of docs/topics.md; people's scripts depend on them. */
class ChannelViewTest {
    private static final long AT_MS = 1_700_000_000_123L;
    private static final String AT = "\"2023-11-14T22:13:20.123Z\"";
    private static final String PLACE = ",\"partition\":3,\"offset\":7,\"appendedAt\":" + AT + "}";
    private static final MarkRecord MARK =
            new MarkRecord(
                    3,
                    MarkRecord.ALL,
                    new BroadcastFacts(
                            new BroadcastId(42),
                            Audience.parse("news & !beta"),
                            AT_MS,
                            60,
                            Message.ABSENT,
                            30,
                            5,
                            Urgency.NORMAL,
                            "k",
                            null,
                            Receipts.SUMMARY,
                            true));
    private static final String FACTS =
            "\"broadcast\":\"b42\",\"number\":3,\"audience\":\"news & !beta\",\"acceptedAt\":"
                    + AT
                    + ",\"ttl\":60,\"spread\":30,\"bodyBytes\":5,\"urgency\":\"normal\","
                    + "\"collapseKey\":\"k\",\"receipts\":\"summary\",\"keep\":true";

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

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String json(Topic topic, ConsumerRecord<byte[], byte[]> record) {
        return LineFormat.JSON.line(RecordView.of(topic, record));
    }

    @Test
    void aMark() {
        ConsumerRecord<byte[], byte[]> record = record(null, MARK.encode());
        record.headers().add("mark", bytes("b42"));
        assertEquals(
                "{\"kind\":\"mark\",\"id\":\"3-7\"," + FACTS + PLACE, json(Topic.MESSAGES, record));
        assertNull(RecordView.device(Topic.MESSAGES, record));
    }

    @Test
    void aMember() {
        MemberRecord member =
                new MemberRecord(
                        5,
                        List.of(
                                new MemberRecord.Membership(
                                        new ChannelName("news"),
                                        Set.of(MemberSource.API, MemberSource.DEVICE))));
        assertEquals(
                "{\"device\":\"phone-1\",\"number\":5,\"channels\":[{\"channel\":\"news\","
                        + "\"sources\":[\"api\",\"device\"]}]"
                        + PLACE,
                json(Topic.MEMBERS, record(bytes("phone-1"), member.encode())));
        assertEquals(
                "{\"device\":\"phone-1\",\"deleted\":true" + PLACE,
                json(Topic.MEMBERS, record(bytes("phone-1"), null)));
    }

    @Test
    void broadcasts() {
        ConsumerRecord<byte[], byte[]> post = record(bytes("news"), bytes("hello"));
        post.headers().add("ttl", bytes("60"));
        assertEquals(
                "{\"kind\":\"broadcast\",\"id\":\"b7\",\"audience\":\"news\","
                        + "\"headers\":{\"ttl\":\"60\"},\"payload\":\"hello\""
                        + PLACE,
                json(Topic.BROADCASTS, post));
        assertNull(RecordView.device(Topic.BROADCASTS, post));
        ConsumerRecord<byte[], byte[]> cancel = record(bytes("news"), bytes(""));
        cancel.headers().add("cancel", bytes("b6"));
        assertEquals(
                "{\"kind\":\"cancel\",\"broadcast\":\"b6\",\"headers\":{\"cancel\":\"b6\"},"
                        + "\"payload\":\"\""
                        + PLACE,
                json(Topic.BROADCASTS, cancel));
    }

    @Test
    void copiesAcked() {
        CopiesAckedRecord acked =
                new CopiesAckedRecord(
                        new Incarnation("edge-a", 35),
                        9,
                        List.of(new CopiesAckedRecord.Ack(5, 1, AT_MS, AT_MS, Proof.PUBACK, 0)));
        assertEquals(
                "{\"event\":\"copies-acked\",\"edge\":\"edge-a\",\"incarnation\":\"z\","
                        + "\"messageOffset\":9,\"message\":\"3-9\",\"acks\":[{\"member\":5,"
                        + "\"session\":1,\"sentAt\":%1$s,\"acknowledgedAt\":%1$s,".formatted(AT)
                        + "\"proof\":\"puback\",\"reasonCode\":0}]"
                        + PLACE,
                json(Topic.EVENTS, record(null, acked.encode())));
    }

    @Test
    void aSummary() {
        SummaryRecord summary =
                new SummaryRecord(
                        new BroadcastId(42),
                        new MessageId(3, 9),
                        Outcome.DELIVERED,
                        AT_MS,
                        new int[] {1, 5});
        assertEquals(
                "{\"kind\":\"summary\",\"outcome\":\"delivered\",\"id\":\"3-9\","
                        + "\"broadcast\":\"b42\",\"settledAt\":"
                        + AT
                        + ",\"members\":[1,5]"
                        + PLACE,
                json(Topic.RECEIPTS, record(bytes("broadcast/b42"), summary.encode())));
    }

    @Test
    void stateInTheInbox() {
        byte[] stateKey = new InboxKey.Mark(9).encode();
        BroadcastStateRecord state =
                new BroadcastStateRecord(
                        MARK,
                        AT_MS,
                        AT_MS,
                        true,
                        3,
                        Map.of(Outcome.DELIVERED, 2),
                        ReceiptRecord.NEVER,
                        Outcome.CANCELLED);
        assertEquals(
                "{\"kind\":\"broadcast\",\"messageOffset\":9,"
                        + FACTS
                        + ",\"routedAt\":%1$s,\"expiresAt\":%1$s,".formatted(AT)
                        + "\"each\":true,\"membersAtMark\":3,\"byOutcome\":{\"delivered\":2},"
                        + "\"ending\":\"cancelled\""
                        + PLACE,
                json(Topic.INBOX, record(stateKey, state.encode())));
        byte[] membersKey = new InboxKey.Members(9, 1).encode();
        long[] waiting = new long[8];
        waiting[0] = 1;
        long[] delivered = new long[8];
        delivered[7] = 1L << 63;
        assertEquals(
                "{\"kind\":\"copies\",\"messageOffset\":9,\"fromMember\":512,\"waiting\":[512],"
                        + "\"byOutcome\":{\"delivered\":[1023]}"
                        + PLACE,
                json(
                        Topic.INBOX,
                        record(
                                membersKey,
                                new OutcomesRecord(waiting, Map.of(Outcome.DELIVERED, delivered))
                                        .encode())));
        assertEquals(
                "{\"kind\":\"copies\",\"messageOffset\":9,\"fromMember\":512,\"deleted\":true"
                        + PLACE,
                json(Topic.INBOX, record(membersKey, null)));
    }
}
