package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * A value of {@code lastmile.events} without a key: devices on one edge acknowledged a broadcast.
 * It stands in their partition.
 *
 * @param edge where their sessions are
 * @param offset of the broadcast's mark in messages
 */
public record CopiesAckedRecord(Incarnation edge, long offset, List<Ack> acks) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    /** Beside those of {@link EventRecord}, whose first bytes are alike. */
    private static final int TYPE = 4;

    public CopiesAckedRecord {
        acks = List.copyOf(acks);
    }

    /**
     * One acknowledgement, as {@link EventRecord.Ack}. Its second time is never before the first.
     *
     * @param member the number of the device in its partition
     * @param session the number of its session
     * @param sentAtMs by the edge's clock
     * @param acknowledgedAtMs by the edge's clock
     */
    public record Ack(
            int member,
            long session,
            long sentAtMs,
            long acknowledgedAtMs,
            Proof proof,
            int reasonCode) {
        /** The same as of a message. */
        public EventRecord.Ack ofMessage(long offset) {
            return new EventRecord.Ack(offset, sentAtMs, acknowledgedAtMs, proof, reasonCode);
        }
    }

    /** The value of the record. */
    public byte[] encode() {
        BytesWriter out = new BytesWriter(32 + acks.size() * 10).u8(VERSION).u8(TYPE);
        long fromMs = acks.stream().mapToLong(Ack::sentAtMs).min().orElse(0);
        out.incarnation(edge).i64(offset).i64(fromMs).count(acks.size());
        for (Ack ack : acks) {
            out.count(ack.member)
                    .count(ack.session)
                    .count(ack.sentAtMs - fromMs)
                    .count(Math.max(0, ack.acknowledgedAtMs - ack.sentAtMs))
                    .u8(ack.proof.code())
                    .u8(ack.reasonCode);
        }
        return out.toBytes();
    }

    /**
     * The event of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static CopiesAckedRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        int type = in.u8("type");
        if (type != TYPE) {
            throw new MalformedException("type", TYPE + ", not " + type);
        }
        Incarnation edge = in.incarnation("edge");
        long offset = in.offset("offset");
        long fromMs = in.i64("from");
        int count = in.countOf("acks", 6);
        List<Ack> acks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            acks.add(ack(in, fromMs));
        }
        in.end("event");
        return new CopiesAckedRecord(edge, offset, acks);
    }

    private static Ack ack(BytesReader in, long fromMs) {
        long member = in.count("member");
        long session = in.count("session");
        if (member > Integer.MAX_VALUE || session == 0) {
            throw new MalformedException("member", "a member and a session of its edge");
        }
        long sentAtMs = later(fromMs, in, "sent");
        return new Ack(
                (int) member,
                session,
                sentAtMs,
                later(sentAtMs, in, "acknowledged"),
                Proof.ofCode(in.u8("proof")),
                in.u8("reason-code"));
    }

    private static long later(long fromMs, BytesReader in, String field) {
        long distanceMs = in.count(field);
        if (fromMs > Long.MAX_VALUE - distanceMs) {
            throw new MalformedException(field, "a time, ms since the epoch");
        }
        return fromMs + distanceMs;
    }
}
