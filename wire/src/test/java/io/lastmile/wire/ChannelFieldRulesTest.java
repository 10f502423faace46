package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberBits;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.Receipts;
import io.lastmile.wire.record.SummaryRecord;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** As {@link FieldRulesTest}, of channels and broadcasts. */
class ChannelFieldRulesTest {
    private static final Incarnation EDGE = new Incarnation("edge-1", 1);
    private static final ChannelName NEWS = new ChannelName("news");
    private static final MessageId MARK = new MessageId(3, 1_042);

    // Members.

    @Test
    void aMemberHasANumberAndIsInAChannelOnceBySomeSource() {
        refused("number", () -> member(new MemberRecord(-1, List.of())));
        MemberRecord.Membership news = new MemberRecord.Membership(NEWS, Set.of(MemberSource.API));
        refused("channel", () -> member(new MemberRecord(0, List.of(news, news))));
        refused(
                "sources",
                () ->
                        member(
                                new MemberRecord(
                                        0, List.of(new MemberRecord.Membership(NEWS, Set.of())))));
        refused("sources", () -> MemberRecord.decode(memberOf("news", 4)));
        refused("channel", () -> MemberRecord.decode(memberOf("..", 1)));
        assertEquals(new MemberRecord(0, List.of(news)), MemberRecord.decode(memberOf("news", 1)));
    }

    private static byte[] memberOf(String channel, int sources) {
        return new BytesWriter(32)
                .u8(MemberRecord.VERSION)
                .i32(0)
                .count(1)
                .text(channel)
                .u8(sources)
                .u8(0)
                .toBytes();
    }

    @Test
    void ofMoreSessionsThanARecordHasRoomForItHasTheLatest() {
        Set<MemberSource> sources = new HashSet<>();
        for (int i = 0; i < MemberRecord.SESSIONS_MAX + 45; i++) {
            sources.add(new MemberSource.OfSession(new SessionId(EDGE, i + 1), i));
        }
        sources.add(MemberSource.DEVICE);
        MemberRecord full =
                new MemberRecord(7, List.of(new MemberRecord.Membership(NEWS, sources)));
        Set<MemberSource> read =
                MemberRecord.decode(full.encode()).memberships().getFirst().sources();
        Set<MemberSource> latest =
                sources.stream()
                        .filter(source ->
                                !(source instanceof MemberSource.OfSession of)
                                        || of.openedOffset() >= 45)
                        .collect(Collectors.toSet());
        assertEquals(latest, read);
    }

    private static void member(MemberRecord record) {
        MemberRecord.decode(record.encode());
    }

    // Marks and the state of broadcasts.

    @Test
    void aMarkIsForAMemberOrForAll() {
        refused("member", () -> MarkRecord.decode(new MarkRecord(0, -2, facts()).encode()));
        refused("member", () -> BroadcastStateRecord.decode(state(-2, 1, Map.of()).encode()));
    }

    @Test
    void factsOfABroadcastAreInTheirRange() {
        refused("ttl", () -> mark(-2, -1, 0, 0));
        refused("not-before", () -> mark(-1, -2, 0, 0));
        refused("spread", () -> mark(-1, -1, -1, 0));
        refused("body-bytes", () -> mark(-1, -1, 0, -1));
        mark(-1, -1, 0, 0);
        byte[] audience =
                new BytesWriter(64)
                        .u8(MarkRecord.VERSION)
                        .i64(0)
                        .i32(MarkRecord.ALL)
                        .i64(1)
                        .text("!news")
                        .toBytes();
        refused("audience", () -> MarkRecord.decode(audience));
    }

    private static void mark(long ttlSeconds, long notBeforeMs, int spreadSeconds, int bodyBytes) {
        BroadcastFacts facts =
                new BroadcastFacts(
                        new BroadcastId(1),
                        Audience.of(NEWS),
                        0,
                        ttlSeconds,
                        notBeforeMs,
                        spreadSeconds,
                        bodyBytes,
                        Urgency.NORMAL,
                        null,
                        null,
                        Receipts.AUTO,
                        false);
        MarkRecord.decode(new MarkRecord(0, MarkRecord.ALL, facts).encode());
    }

    private static BroadcastFacts facts() {
        return new BroadcastFacts(
                new BroadcastId(1),
                Audience.of(NEWS),
                0,
                -1,
                -1,
                0,
                5,
                Urgency.NORMAL,
                null,
                null,
                Receipts.AUTO,
                false);
    }

    private static BroadcastStateRecord state(
            int member, int membersAtMark, Map<Outcome, Integer> counts) {
        return new BroadcastStateRecord(
                new MarkRecord(0, member, facts()), 0, 1, true, membersAtMark, counts, -1, null);
    }

    @Test
    void numbersOfMembersAreNotNegative() {
        refused(
                "members",
                () -> BroadcastStateRecord.decode(state(MarkRecord.ALL, -1, Map.of()).encode()));
        refused(
                "count",
                () ->
                        BroadcastStateRecord.decode(
                                state(MarkRecord.ALL, 1, Map.of(Outcome.EXPIRED, -1)).encode()));
        refused(
                "member-numbers",
                () ->
                        CheckpointRecord.decode(
                                new CheckpointRecord(
                                                1,
                                                1,
                                                1,
                                                16,
                                                "",
                                                "",
                                                new CheckpointRecord.BroadcastsRead(0, 0, 0, -1),
                                                new long[0])
                                        .encode()));
    }

    @Test
    void anOutcomeStandsOnce() {
        byte[] twice =
                new BytesWriter(32)
                        .u8(OutcomesRecord.VERSION)
                        .u8(0)
                        .u8(2)
                        .u8(Outcome.EXPIRED.code())
                        .u8(0)
                        .u8(Outcome.EXPIRED.code())
                        .u8(0)
                        .toBytes();
        refused("outcome", () -> OutcomesRecord.decode(twice));
        byte[] state = state(MarkRecord.ALL, 1, Map.of(Outcome.EXPIRED, 1)).encode();
        ByteBuffer longer = ByteBuffer.allocate(state.length + 5);
        int end = state.length - 9; // before the time and the ending
        longer.put(state, 0, end).put(state, end - 5, 5).put(state, end, 9);
        longer.put(end - 6, (byte) 2);
        refused("outcome", () -> BroadcastStateRecord.decode(longer.array()));
    }

    @Test
    void fewMembersAreListedAndManyAreBits() {
        assertEquals(1 + 1 + 2 * 31 + 1, lengthWith(31));
        assertEquals(1 + 1 + MemberBits.BITS / 8 + 1, lengthWith(32));
        byte[] beyond =
                new BytesWriter(8)
                        .u8(OutcomesRecord.VERSION)
                        .u8(1)
                        .u16(MemberBits.BITS)
                        .u8(0)
                        .toBytes();
        refused("member", () -> OutcomesRecord.decode(beyond));
    }

    private static int lengthWith(int members) {
        long[] waiting = new long[MemberBits.BITS / Long.SIZE];
        waiting[7] = members == Long.SIZE ? -1L : (1L << members) - 1;
        OutcomesRecord record = new OutcomesRecord(waiting, Map.of());
        assertArrayEquals(waiting, OutcomesRecord.decode(record.encode()).waiting());
        return record.encode().length;
    }

    // Receipts and events.

    @Test
    void numbersOfASummaryRise() {
        SummaryRecord highest = summary(0, 1, Integer.MAX_VALUE);
        assertEquals(highest, SummaryRecord.decode(highest.encode()));
        refused("member", () -> SummaryRecord.decode(summary(5, 5).encode()));
        refused("member", () -> SummaryRecord.decode(summaryOf(Integer.MAX_VALUE, 1)));
        refused("member", () -> SummaryRecord.decode(summaryOf(1, Long.MAX_VALUE)));
        refused("member", () -> SummaryRecord.decode(summaryOf(Long.MAX_VALUE, 1)));
        assertThrows(IllegalArgumentException.class, () -> summary(5, 4).encode());
    }

    private static SummaryRecord summary(int... members) {
        return new SummaryRecord(new BroadcastId(9), MARK, Outcome.EXPIRED, 1, members);
    }

    private static byte[] summaryOf(long first, long distance) {
        return new BytesWriter(64)
                .u8(SummaryRecord.VERSION)
                .u8(0)
                .i64(9)
                .messageId(MARK)
                .u8(Outcome.EXPIRED.code())
                .i64(1)
                .count(2)
                .count(first)
                .count(distance)
                .toBytes();
    }

    @Test
    void aSummaryIsToldFromAReceiptOfADevice() {
        assertTrue(SummaryRecord.isOne(summary(1).encode()));
        ReceiptRecord receipt =
                new ReceiptRecord(
                        MARK,
                        1,
                        Outcome.DELIVERED,
                        null,
                        0,
                        0,
                        0,
                        0,
                        0,
                        1,
                        Proof.PUBACK,
                        0,
                        "",
                        null,
                        new BroadcastId(9));
        assertFalse(SummaryRecord.isOne(receipt.encode()));
        assertFalse(SummaryRecord.isOne(new byte[] {1}));
        assertEquals("broadcast/b9", SummaryRecord.key(new BroadcastId(9)));
        assertFalse(DeviceId.isValid(SummaryRecord.KEY_PREFIX));
        refused("outcome", () -> ReceiptRecord.decode(summary(1).encode()));
        refused("kind", () -> SummaryRecord.decode(receipt.encode()));
    }

    @Test
    void timesOfAcknowledgementsDoNotEnd() {
        refused("sent", () -> CopiesAckedRecord.decode(acked(1, 1, Long.MAX_VALUE, 1, 0)));
        refused("acknowledged", () -> CopiesAckedRecord.decode(acked(1, 1, 1, 1, Long.MAX_VALUE)));
        refused("member", () -> CopiesAckedRecord.decode(acked(1L << 31, 1, 1, 0, 0)));
        refused("member", () -> CopiesAckedRecord.decode(acked(1, 0, 1, 0, 0)));
        CopiesAckedRecord.decode(acked(1, 1, 1, 0, 0));
    }

    private static byte[] acked(
            long member, long session, long fromMs, long sent, long acknowledged) {
        return new BytesWriter(64)
                .u8(CopiesAckedRecord.VERSION)
                .u8(4)
                .incarnation(EDGE)
                .i64(1_042)
                .i64(fromMs)
                .count(1)
                .count(member)
                .count(session)
                .count(sent)
                .count(acknowledged)
                .u8(Proof.PUBACK.code())
                .u8(0)
                .toBytes();
    }

    @Test
    void acknowledgementsOfABroadcastAreNoneOfASession() {
        CopiesAckedRecord.Ack ack = new CopiesAckedRecord.Ack(7, 1, 5, 6, Proof.SENT, 0);
        byte[] bytes = new CopiesAckedRecord(EDGE, 1_042, List.of(ack)).encode();
        refused("type", () -> EventRecord.decode(bytes));
        assertEquals(1_042, ack.ofMessage(1_042).offset());
        assertEquals(6, ack.ofMessage(1_042).acknowledgedAtMs());
    }

    // Keys and frames.

    @Test
    void aPieceHasAnIndex() {
        refused("index", () -> InboxKey.decode(new InboxKey.Members(1, -1).encode()));
        refused("offset", () -> InboxKey.decode(new InboxKey.Mark(-1).encode()));
    }

    @Test
    void recipientsComeInFramesOfAtMost4096() {
        HopFrame.Recipient one = new HopFrame.Recipient(1, 0);
        HopFrame.Copies most = copies(Collections.nCopies(HopFrame.Copies.RECIPIENTS_MAX, one));
        assertEquals(most, HopCodec.decode(bytes(most)));
        assertThrows(
                IllegalArgumentException.class,
                () -> copies(Collections.nCopies(HopFrame.Copies.RECIPIENTS_MAX + 1, one)));
        refused(
                "recipient",
                () -> HopCodec.decode(bytes(copies(List.of(new HopFrame.Recipient(0, 1))))));
    }

    @Test
    void aCopyOfOneRecipientIsADeliver() {
        HopFrame.Recipient one = new HopFrame.Recipient(41, 7);
        HopFrame.Copies copies = copies(List.of(one));
        assertEquals(
                new HopFrame.Deliver(3, 9, 41, 1_042, MARK, 60_000, copies.message()),
                copies.to(one));
    }

    private static HopFrame.Copies copies(List<HopFrame.Recipient> recipients) {
        Message message = Message.plain(BroadcastRecord.ADDRESSEE, Payload.ofText("hello"));
        return new HopFrame.Copies(
                3, 9, 1_042, MARK, 60_000, Audience.of(NEWS), message, recipients);
    }

    private static ByteBuffer bytes(HopFrame frame) {
        return HopCodec.encode(frame).position(HopCodec.LENGTH_BYTES);
    }

    private static void refused(String field, Executable reading) {
        assertEquals(field, assertThrows(MalformedException.class, reading).field());
    }
}
