package io.lastmile.router.heart;

import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.ParkedRecord;

/**
 * Walks the parked messages of a device at rest. What most messages do not have takes no room: a
 * byte of flags says which of the rare fields follow.
 *
 * <pre>
 *   length · flags and urgency · offset, accepted, routed and expiry as distances from it, body bytes
 *          · origin, not-before, collapse key, replay-of, ending, sends: where the flags say so
 * </pre>
 */
final class ParkedBytes {
    private static final int ORIGIN = 1;
    private static final int NOT_BEFORE = 1 << 1;
    private static final int COLLAPSE_KEY = 1 << 2;
    private static final int REPLAY_OF = 1 << 3;
    private static final int ENDING = 1 << 4;
    private static final int SENDS = 1 << 5;
    private static final int URGENCY_SHIFT = 6;

    private final byte[] packed;
    private final int first;
    private final int partition;
    private final Varints in;
    private int start;
    private int end;
    private int flags;
    private long offset;

    /** Stands before the first message. */
    ParkedBytes(byte[] packed, int from, int partition) {
        this.packed = packed;
        this.first = from;
        this.end = from;
        this.partition = partition;
        this.in = new Varints(packed, from);
    }

    /** Goes to the next message; says whether there is one. */
    boolean next() {
        if (end == packed.length) {
            return false;
        }
        start = end;
        in.skipTo(start);
        int length = (int) in.next();
        end = in.at() + length;
        flags = in.u8();
        offset = in.next();
        return true;
    }

    long offset() {
        return offset;
    }

    boolean isFirst() {
        return start == first;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** The message; once after each {@link #next}. */
    ParkedRecord facts() {
        long acceptedAtMs = in.nextSigned();
        long routedAtMs = acceptedAtMs + in.nextSigned();
        long expiresAtMs = acceptedAtMs + in.nextSigned();
        int bodyBytes = (int) in.next();
        MessageId id = has(ORIGIN) ? id() : new MessageId(partition, offset);
        long notBeforeMs = has(NOT_BEFORE) ? in.nextSigned() : Message.ABSENT;
        String collapseKey = has(COLLAPSE_KEY) ? in.text() : null;
        MessageId replayOf = has(REPLAY_OF) ? id() : null;
        Outcome ending = has(ENDING) ? Outcome.ofCode(in.u8()) : null;
        int sends = has(SENDS) ? (int) in.next() : 0;
        return new ParkedRecord(
                id,
                acceptedAtMs,
                routedAtMs,
                expiresAtMs,
                notBeforeMs,
                bodyBytes,
                sends,
                Urgency.ofCode(flags >> URGENCY_SHIFT),
                collapseKey,
                replayOf,
                ending);
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    private MessageId id() {
        return new MessageId((int) in.next(), in.next());
    }

    static void append(BytesWriter out, int partition, long offset, ParkedRecord facts) {
        BytesWriter one = new BytesWriter(48);
        one.u8(flags(partition, offset, facts) | facts.urgency().code() << URGENCY_SHIFT);
        Varints.append(one, offset);
        Varints.appendSigned(one, facts.acceptedAtMs());
        Varints.appendSigned(one, facts.routedAtMs() - facts.acceptedAtMs());
        Varints.appendSigned(one, facts.expiresAtMs() - facts.acceptedAtMs());
        Varints.append(one, facts.bodyBytes());
        appendRare(one, partition, offset, facts);
        Varints.append(out, one.length());
        out.raw(one.toBytes());
    }

    private static void appendRare(
            BytesWriter one, int partition, long offset, ParkedRecord facts) {
        if (isAppendedAgain(partition, offset, facts)) {
            appendId(one, facts.id());
        }
        if (facts.notBeforeMs() != Message.ABSENT) {
            Varints.appendSigned(one, facts.notBeforeMs());
        }
        String collapseKey = facts.collapseKey();
        if (collapseKey != null) {
            one.text(collapseKey);
        }
        MessageId replayOf = facts.replayOf();
        if (replayOf != null) {
            appendId(one, replayOf);
        }
        Outcome ending = facts.ending();
        if (ending != null) {
            one.u8(ending.code());
        }
        if (facts.sends() > 0) {
            Varints.append(one, facts.sends());
        }
    }

    private static void appendId(BytesWriter one, MessageId id) {
        Varints.append(one, id.partition());
        Varints.append(one, id.offset());
    }

    private static int flags(int partition, long offset, ParkedRecord facts) {
        return flag(isAppendedAgain(partition, offset, facts), ORIGIN)
                | flag(facts.notBeforeMs() != Message.ABSENT, NOT_BEFORE)
                | flag(facts.collapseKey() != null, COLLAPSE_KEY)
                | flag(facts.replayOf() != null, REPLAY_OF)
                | flag(facts.ending() != null, ENDING)
                | flag(facts.sends() > 0, SENDS);
    }

    private static int flag(boolean set, int flag) {
        return set ? flag : 0;
    }

    private static boolean isAppendedAgain(int partition, long offset, ParkedRecord facts) {
        return facts.id().offset() != offset || facts.id().partition() != partition;
    }
}
