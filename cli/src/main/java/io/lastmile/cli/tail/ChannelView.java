package io.lastmile.cli.tail;

import io.lastmile.cli.output.Fields;
import io.lastmile.node.kafka.BroadcastReader;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberBits;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.Receipts;
import io.lastmile.wire.record.SummaryRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The views of records that concern channels and broadcasts. */
final class ChannelView {
    private ChannelView() {}

    /** Whether a record of messages is a mark. */
    static boolean isMark(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null
                && record.headers().lastHeader(MessageHeader.MARK.headerName()) != null;
    }

    static Fields mark(ConsumerRecord<byte[], byte[]> record) {
        MarkRecord mark = MarkRecord.decode(RecordView.value(record));
        Fields fields =
                new Fields().put("kind", "mark").put("id", RecordView.placeOf(record).toString());
        return facts(fields, mark);
    }

    static Fields scheduled(InboxKey.Scheduled key, ConsumerRecord<byte[], byte[]> record) {
        Fields fields = new Fields().put("kind", "scheduled");
        byte @Nullable [] value = record.value();
        return value == null
                ? fields.put("broadcast", key.id().toString()).put("deleted", true)
                : facts(fields, MarkRecord.decode(value));
    }

    private static Fields facts(Fields fields, MarkRecord mark) {
        BroadcastFacts facts = mark.facts();
        return fields.put("broadcast", facts.id().toString())
                .put("number", mark.number())
                .put("audience", facts.audience().text())
                .put("member", mark.member() == MarkRecord.ALL ? null : mark.member())
                .time("acceptedAt", facts.acceptedAtMs())
                .put("ttl", facts.ttlSeconds() == Message.ABSENT ? null : facts.ttlSeconds())
                .time("notBefore", facts.notBeforeMs())
                .put("spread", facts.spreadSeconds() == 0 ? null : facts.spreadSeconds())
                .put("bodyBytes", facts.bodyBytes())
                .put("urgency", facts.urgency().label())
                .put("collapseKey", facts.collapseKey())
                .put("idempotencyKey", facts.idempotencyKey())
                .put(
                        "receipts",
                        facts.receipts() == Receipts.AUTO ? null : facts.receipts().label())
                .put("keep", facts.keep() ? true : null);
    }

    static Fields member(ConsumerRecord<byte[], byte[]> record) {
        Fields fields = new Fields().device(record.key());
        byte @Nullable [] value = record.value();
        if (value == null) {
            return fields.put("deleted", true);
        }
        MemberRecord member = MemberRecord.decode(value);
        List<Map<String, Object>> channels = new ArrayList<>();
        for (MemberRecord.Membership membership : member.memberships()) {
            channels.add(
                    new Fields()
                            .put("channel", membership.channel().value())
                            .put(
                                    "sources",
                                    membership.sources().stream()
                                            .map(Object::toString)
                                            .sorted()
                                            .toList())
                            .map());
        }
        return fields.put("number", member.number()).put("channels", channels);
    }

    static Fields broadcast(ConsumerRecord<byte[], byte[]> record) {
        Fields fields =
                switch (BroadcastReader.decode(record)) {
                    case BroadcastRecord.Cancel(var id) ->
                            new Fields().put("kind", "cancel").put("broadcast", id.toString());
                    case BroadcastRecord.Post post ->
                            new Fields()
                                    .put("kind", "broadcast")
                                    .put("id", "b" + record.offset())
                                    .put("audience", post.audience().text());
                };
        return fields.headers("headers", record).payload(record.value());
    }

    static Fields copiesAcked(ConsumerRecord<byte[], byte[]> record) {
        CopiesAckedRecord acked = CopiesAckedRecord.decode(RecordView.value(record));
        Fields fields = new Fields().put("event", "copies-acked");
        return RecordView.incarnation(fields, "edge", acked.edge())
                .put("messageOffset", acked.offset())
                .put("message", new MessageId(record.partition(), acked.offset()).toString())
                .put("acks", acked.acks().stream().map(ChannelView::ack).toList());
    }

    private static Map<String, Object> ack(CopiesAckedRecord.Ack ack) {
        return new Fields()
                .put("member", ack.member())
                .put("session", ack.session())
                .time("sentAt", ack.sentAtMs())
                .time("acknowledgedAt", ack.acknowledgedAtMs())
                .put("proof", ack.proof().label())
                .put("reasonCode", ack.reasonCode())
                .map();
    }

    static Fields summary(ConsumerRecord<byte[], byte[]> record) {
        SummaryRecord summary = SummaryRecord.decode(RecordView.value(record));
        return new Fields()
                .put("kind", "summary")
                .put("outcome", summary.outcome().label())
                .put("id", summary.mark().toString())
                .put("broadcast", summary.broadcast().toString())
                .time("settledAt", summary.settledAtMs())
                .put("members", Arrays.stream(summary.members()).boxed().toList());
    }

    static Fields state(InboxKey.Mark key, ConsumerRecord<byte[], byte[]> record) {
        Fields fields = new Fields().put("kind", "broadcast").put("messageOffset", key.offset());
        byte @Nullable [] value = record.value();
        if (value == null) {
            return fields.put("deleted", true);
        }
        BroadcastStateRecord state = BroadcastStateRecord.decode(value);
        Fields counts = new Fields();
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome.label(), state.countByOutcome().get(outcome));
        }
        return facts(fields, state.mark())
                .time("routedAt", state.routedAtMs())
                .time("expiresAt", state.expiresAtMs())
                .put("each", state.each())
                .put("membersAtMark", state.membersAtMark())
                .put("byOutcome", counts.map())
                .time("settledAt", state.settledAtMs())
                .put("ending", state.ending() == null ? null : state.ending().label());
    }

    static Fields outcomes(InboxKey.Members key, ConsumerRecord<byte[], byte[]> record) {
        Fields fields =
                new Fields()
                        .put("kind", "copies")
                        .put("messageOffset", key.offset())
                        .put("fromMember", (long) key.index() * MemberBits.BITS);
        byte @Nullable [] value = record.value();
        if (value == null) {
            return fields.put("deleted", true);
        }
        OutcomesRecord outcomes = OutcomesRecord.decode(value);
        Fields byOutcome = new Fields();
        for (Outcome outcome : Outcome.values()) {
            long[] words = outcomes.byOutcome().get(outcome);
            if (words != null) {
                byOutcome.put(outcome.label(), members(key, words));
            }
        }
        return fields.put("waiting", members(key, outcomes.waiting()))
                .put("byOutcome", byOutcome.map());
    }

    private static List<Long> members(InboxKey.Members key, long[] words) {
        List<Long> members = new ArrayList<>();
        for (int i = 0; i < words.length; i++) {
            for (long left = words[i]; left != 0; left &= left - 1) {
                int bit = i * Long.SIZE + Long.numberOfTrailingZeros(left);
                members.add((long) key.index() * MemberBits.BITS + bit);
            }
        }
        return members;
    }
}
