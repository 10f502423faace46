package io.lastmile.wire;

import io.lastmile.wire.GoldenBytesTest.Golden;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberBits;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.Receipts;
import io.lastmile.wire.record.SummaryRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The part of {@link GoldenBytesTest} that channels and broadcasts need. */
final class ChannelGoldens {
    private static final Incarnation EDGE = new Incarnation("edge-1", 7_000_000_000_000L);
    private static final SessionId SESSION = new SessionId(EDGE, 42);
    private static final MessageId MARK = new MessageId(3, 1042);
    private static final BroadcastId BROADCAST = new BroadcastId(17);
    private static final long AT_MS = 1_790_000_000_000L;

    private ChannelGoldens() {}

    static Stream<Golden<?>> all() {
        return Stream.concat(own(), withChannels());
    }

    private static Stream<Golden<?>> own() {
        return Stream.of(
                new Golden<>("member", member(), MemberRecord::encode, MemberRecord::decode),
                new Golden<>("mark", mark(), MarkRecord::encode, MarkRecord::decode),
                new Golden<>("mark-of-one", markOfOne(), MarkRecord::encode, MarkRecord::decode),
                new Golden<>(
                        "broadcast-state",
                        new BroadcastStateRecord(
                                mark(),
                                AT_MS + 5,
                                AT_MS + 60_000,
                                true,
                                100,
                                Map.of(Outcome.DELIVERED, 90, Outcome.EXPIRED, 3),
                                AT_MS + 40,
                                Outcome.CANCELLED),
                        BroadcastStateRecord::encode,
                        BroadcastStateRecord::decode),
                new Golden<>(
                        "outcomes", outcomes(), OutcomesRecord::encode, OutcomesRecord::decode),
                new Golden<>(
                        "summary",
                        new SummaryRecord(
                                BROADCAST, MARK, Outcome.EXPIRED, AT_MS, new int[] {0, 7, 1_000}),
                        SummaryRecord::encode,
                        SummaryRecord::decode),
                new Golden<>(
                        "copies-acked",
                        new CopiesAckedRecord(
                                EDGE,
                                1042,
                                List.of(
                                        new CopiesAckedRecord.Ack(
                                                7, 42, AT_MS + 2, AT_MS + 30, Proof.PUBACK, 0),
                                        new CopiesAckedRecord.Ack(
                                                9, 300, AT_MS, AT_MS, Proof.NONE, 0x95))),
                        CopiesAckedRecord::encode,
                        CopiesAckedRecord::decode),
                new Golden<>(
                        "mark-key", new InboxKey.Mark(1042), InboxKey::encode, InboxKey::decode),
                new Golden<>(
                        "members-key",
                        new InboxKey.Members(1042, 3),
                        InboxKey::encode,
                        InboxKey::decode));
    }

    /** What was there before channels, as it is with them. */
    private static Stream<Golden<?>> withChannels() {
        return Stream.of(
                new Golden<EventRecord>(
                        "opened-for-channels",
                        new EventRecord.Opened(SESSION, 77, Transport.TLS, 5, 1, 16, false, AT_MS),
                        EventRecord::encode,
                        EventRecord::decode),
                new Golden<>(
                        "presence-for-channels",
                        new PresenceRecord(
                                SESSION, 77, AT_MS, Transport.TLS, 5, 1, 16, false, List.of()),
                        PresenceRecord::encode,
                        PresenceRecord::decode),
                new Golden<>(
                        "receipt-of-a-copy",
                        new ReceiptRecord(
                                MARK,
                                1042,
                                Outcome.DELIVERED,
                                SESSION,
                                AT_MS,
                                AT_MS + 1,
                                AT_MS + 2,
                                AT_MS + 30,
                                AT_MS + 31,
                                1,
                                Proof.PUBACK,
                                0,
                                "",
                                null,
                                BROADCAST),
                        ReceiptRecord::encode,
                        ReceiptRecord::decode),
                new Golden<>(
                        "checkpoint-with-broadcasts",
                        new CheckpointRecord(
                                5,
                                1042,
                                88,
                                64,
                                "AAAAAAAAAAAAAAAAAAAAAQ",
                                "AAAAAAAAAAAAAAAAAAAAAg",
                                new CheckpointRecord.BroadcastsRead(20, 17, 16, 500),
                                new long[] {1043}),
                        CheckpointRecord::encode,
                        CheckpointRecord::decode));
    }

    private static MemberRecord member() {
        return new MemberRecord(
                7,
                List.of(
                        new MemberRecord.Membership(
                                new ChannelName("news"),
                                Set.of(
                                        MemberSource.API,
                                        MemberSource.DEVICE,
                                        new MemberSource.OfSession(SESSION, 77),
                                        new MemberSource.OfSession(new SessionId(EDGE, 41), 70))),
                        new MemberRecord.Membership(
                                new ChannelName("user:alice"), Set.of(MemberSource.DEVICE))));
    }

    private static MarkRecord mark() {
        return new MarkRecord(
                6,
                MarkRecord.ALL,
                new BroadcastFacts(
                        BROADCAST,
                        Audience.parse("news & !beta"),
                        AT_MS,
                        60,
                        AT_MS + 1_000,
                        600,
                        512,
                        Urgency.HIGH,
                        "weather",
                        "order-17",
                        Receipts.SUMMARY,
                        true));
    }

    private static MarkRecord markOfOne() {
        return new MarkRecord(
                7,
                7,
                new BroadcastFacts(
                        BROADCAST,
                        Audience.parse("news"),
                        AT_MS,
                        Message.ABSENT,
                        Message.ABSENT,
                        0,
                        512,
                        Urgency.NORMAL,
                        null,
                        null,
                        Receipts.AUTO,
                        false));
    }

    /** Three wait, and are listed; sixty-four were delivered, and are bits. */
    private static OutcomesRecord outcomes() {
        long[] waiting = new long[MemberBits.BITS / Long.SIZE];
        waiting[0] = 0b101;
        waiting[7] = 1L << 63;
        long[] delivered = new long[MemberBits.BITS / Long.SIZE];
        delivered[1] = -1;
        return new OutcomesRecord(waiting, Map.of(Outcome.DELIVERED, delivered));
    }
}
