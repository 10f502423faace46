package io.lastmile.wire;

import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberBits;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.Receipts;
import io.lastmile.wire.record.SummaryRecord;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The part of {@link Formats} that channels and broadcasts need. */
final class ChannelFormats {
    private ChannelFormats() {}

    static Stream<Format<?>> all() {
        return Stream.of(
                new Format<>(
                        "member",
                        ChannelFormats::member,
                        MemberRecord::encode,
                        MemberRecord::decode),
                new Format<>("mark", ChannelFormats::mark, MarkRecord::encode, MarkRecord::decode),
                new Format<>(
                        "broadcast-state",
                        ChannelFormats::state,
                        BroadcastStateRecord::encode,
                        BroadcastStateRecord::decode),
                new Format<>(
                        "outcomes",
                        ChannelFormats::outcomes,
                        OutcomesRecord::encode,
                        OutcomesRecord::decode),
                new Format<>(
                        "summary",
                        ChannelFormats::summary,
                        SummaryRecord::encode,
                        SummaryRecord::decode),
                new Format<>(
                        "copies-acked",
                        ChannelFormats::copiesAcked,
                        CopiesAckedRecord::encode,
                        CopiesAckedRecord::decode),
                Formats.inboxKey("mark-key", r -> new InboxKey.Mark(r.offset())),
                Formats.inboxKey(
                        "scheduled-key", r -> new InboxKey.Scheduled(new BroadcastId(r.offset()))),
                Formats.inboxKey("members-key", r -> new InboxKey.Members(r.offset(), number(r))),
                Formats.frame("copies", ChannelFormats::copies));
    }

    private static int number(RandomValues r) {
        return r.count(0, Integer.MAX_VALUE);
    }

    private static MemberRecord member(RandomValues r) {
        Set<ChannelName> channels = new HashSet<>(r.list(0, 20, r::channel));
        return new MemberRecord(
                number(r), channels.stream().map(channel -> membership(r, channel)).toList());
    }

    private static MemberRecord.Membership membership(RandomValues r, ChannelName channel) {
        return new MemberRecord.Membership(channel, new HashSet<>(r.list(1, 6, r::memberSource)));
    }

    private static MarkRecord mark(RandomValues r) {
        BroadcastFacts facts =
                new BroadcastFacts(
                        r.broadcastId(),
                        r.audience(),
                        r.time(),
                        r.time(),
                        r.time(),
                        r.count(0, BroadcastRecord.SPREAD_SECONDS_MAX),
                        number(r),
                        r.oneOf(Urgency.values()),
                        r.orNull(() -> r.text(1, 128)),
                        r.orNull(() -> r.text(1, 128)),
                        r.oneOf(Receipts.values()),
                        r.flag());
        return new MarkRecord(
                r.number(0, Long.MAX_VALUE), r.count(MarkRecord.ALL, Integer.MAX_VALUE), facts);
    }

    private static BroadcastStateRecord state(RandomValues r) {
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        r.list(0, 6, () -> r.oneOf(Outcome.values()))
                .forEach(outcome -> counts.put(outcome, number(r)));
        return new BroadcastStateRecord(
                mark(r),
                r.time(),
                r.time(),
                r.flag(),
                number(r),
                counts,
                r.time(),
                r.orNull(() -> r.oneOf(Outcome.values())));
    }

    private static OutcomesRecord outcomes(RandomValues r) {
        Map<Outcome, long[]> byOutcome = new EnumMap<>(Outcome.class);
        r.list(0, 6, () -> r.oneOf(Outcome.values()))
                .forEach(outcome -> byOutcome.put(outcome, words(r)));
        return new OutcomesRecord(words(r), byOutcome);
    }

    /** From none to all, and often as many as are just listed, or just not any more. */
    private static long[] words(RandomValues r) {
        long[] words = new long[MemberBits.BITS / Long.SIZE];
        int most = r.flag() ? MemberBits.BITS : 32;
        for (int left = r.count(0, most); left > 0; left--) {
            int bit = r.count(0, MemberBits.BITS - 1);
            words[bit / Long.SIZE] |= 1L << bit;
        }
        return words;
    }

    private static SummaryRecord summary(RandomValues r) {
        int[] members =
                new TreeSet<>(r.list(0, 60, () -> number(r)))
                        .stream().mapToInt(Integer::intValue).toArray();
        return new SummaryRecord(
                r.broadcastId(), r.messageId(), r.oneOf(Outcome.values()), r.time(), members);
    }

    private static CopiesAckedRecord copiesAcked(RandomValues r) {
        return new CopiesAckedRecord(
                r.incarnation(), r.offset(), r.list(0, 40, () -> acknowledged(r)));
    }

    private static CopiesAckedRecord.Ack acknowledged(RandomValues r) {
        long sentAtMs = r.number(0, Long.MAX_VALUE);
        return new CopiesAckedRecord.Ack(
                number(r),
                Formats.sessionNumber(r),
                sentAtMs,
                sentAtMs + r.number(0, Long.MAX_VALUE - sentAtMs),
                r.oneOf(Proof.values()),
                r.count(0, 255));
    }

    private static HopFrame copies(RandomValues r) {
        Message any = r.message();
        Message message =
                new Message(
                        BroadcastRecord.ADDRESSEE,
                        any.payload(),
                        any.contentType(),
                        any.ttlSeconds(),
                        any.collapseKey(),
                        any.urgency(),
                        any.idempotencyKey(),
                        any.notBeforeMs(),
                        null,
                        null,
                        Message.ABSENT,
                        null,
                        any.traceparent(),
                        any.attributes());
        List<HopFrame.Recipient> recipients =
                r.list(0, 50, () -> new HopFrame.Recipient(Formats.sessionNumber(r), number(r)));
        return new HopFrame.Copies(
                Formats.partition(r),
                r.offset(),
                r.offset(),
                r.messageId(),
                r.time(),
                r.audience(),
                message,
                recipients);
    }
}
