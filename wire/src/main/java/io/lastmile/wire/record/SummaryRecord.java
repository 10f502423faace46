package io.lastmile.wire.record;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import java.util.Arrays;

/**
 * A value of {@code lastmile.receipts} whose key is no device id but {@code broadcast/<id>}: the
 * outcome of many copies of a broadcast at once, with the numbers of the members. Its second byte
 * is 0, where a {@link ReceiptRecord} has its outcome.
 */
public final class SummaryRecord {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    /** What every key begins with; no device id has its last character. */
    public static final String KEY_PREFIX = "broadcast/";

    private final BroadcastId broadcast;
    private final MessageId mark;
    private final Outcome outcome;
    private final long settledAtMs;
    private final int[] members;

    /**
     * A summary.
     *
     * @param mark of the broadcast in its partition: the id that its devices saw
     * @param settledAtMs by the owner's time
     * @param members who ended so, rising; given away
     */
    public SummaryRecord(
            BroadcastId broadcast,
            MessageId mark,
            Outcome outcome,
            long settledAtMs,
            int[] members) {
        this.broadcast = broadcast;
        this.mark = mark;
        this.outcome = outcome;
        this.settledAtMs = settledAtMs;
        this.members = members;
    }

    /** The broadcast that they are copies of. */
    public BroadcastId broadcast() {
        return broadcast;
    }

    /** Its mark. */
    public MessageId mark() {
        return mark;
    }

    /** How they ended. */
    public Outcome outcome() {
        return outcome;
    }

    /** When, by the owner's time. */
    public long settledAtMs() {
        return settledAtMs;
    }

    /** Who ended so, rising; not to be changed. */
    public int[] members() {
        return members;
    }

    /** Whether a value of receipts is one. */
    public static boolean isOne(byte[] value) {
        return value.length > 1 && value[1] == 0;
    }

    /** The key of the record. */
    public static String key(BroadcastId broadcast) {
        return KEY_PREFIX + broadcast;
    }

    /** The value of the record. */
    public byte[] encode() {
        BytesWriter out = new BytesWriter(48 + members.length).u8(VERSION).u8(0);
        out.i64(broadcast.offset())
                .messageId(mark)
                .u8(outcome.code())
                .i64(settledAtMs)
                .count(members.length);
        int previous = 0;
        for (int member : members) {
            out.count(member - previous);
            previous = member;
        }
        return out.toBytes();
    }

    /**
     * The summary of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static SummaryRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        if (in.u8("kind") != 0) {
            throw new MalformedException("kind", "0");
        }
        BroadcastId broadcast = new BroadcastId(in.offset("broadcast"));
        MessageId mark = in.messageId("mark");
        Outcome outcome = Outcome.ofCode(in.u8("outcome"));
        long settledAtMs = in.i64("settled");
        int[] members = new int[in.countOf("members", 1)];
        int previous = 0;
        for (int i = 0; i < members.length; i++) {
            long distance = in.count("member");
            if ((distance == 0 && i > 0) || distance > Integer.MAX_VALUE - previous) {
                throw new MalformedException(
                        "member", "numbers rise, to at most " + Integer.MAX_VALUE);
            }
            previous += (int) distance;
            members[i] = previous;
        }
        in.end("summary");
        return new SummaryRecord(broadcast, mark, outcome, settledAtMs, members);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SummaryRecord that
                && broadcast.equals(that.broadcast)
                && mark.equals(that.mark)
                && outcome == that.outcome
                && settledAtMs == that.settledAtMs
                && Arrays.equals(members, that.members);
    }

    @Override
    public int hashCode() {
        return mark.hashCode();
    }

    @Override
    public String toString() {
        return broadcast + " " + mark + " " + outcome.label() + " " + members.length;
    }
}
