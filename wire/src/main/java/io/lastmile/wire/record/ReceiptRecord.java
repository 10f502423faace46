package io.lastmile.wire.record;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * A value of {@code lastmile.receipts}: the terminal outcome of a message; key = device. Times are
 * ms since the epoch, {@link #NEVER} where the step was not taken.
 *
 * <p>Wide because it names the fields of a record in Kafka one by one.
 *
 * @param id of the message: its first place in the log
 * @param offset of the record that was settled; differs from the id's where it was appended again
 * @param session that the message went to last, if it went to any
 * @param acceptedAtMs the broker's append time
 * @param routedAtMs read by its owner, by the owner's time
 * @param sentAtMs written to the socket, by the edge's clock
 * @param acknowledgedAtMs PUBACK read, by the edge's clock
 * @param settledAtMs by the owner's time
 * @param sends how often the owner handed it to an edge, as far as it knows
 * @param proof what the device said of it: behind {@code delivered}, and of what it refused
 * @param reasonCode of the PUBACK that refused it, or of the edge that did not send it; or 0
 * @param detail for people: why it was rejected, replaced by what; empty where there is nothing to
 *     say
 * @param replayOf the message that this one repeats
 * @param broadcast that the message is a copy of
 */
public record ReceiptRecord(
        MessageId id,
        long offset,
        Outcome outcome,
        @Nullable SessionId session,
        long acceptedAtMs,
        long routedAtMs,
        long sentAtMs,
        long acknowledgedAtMs,
        long settledAtMs,
        int sends,
        Proof proof,
        int reasonCode,
        String detail,
        @Nullable MessageId replayOf,
        @Nullable BroadcastId broadcast) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    /** The time of a step that was not taken. */
    public static final long NEVER = -1;

    /** The value of the record. */
    public byte[] encode() {
        BytesWriter out = new BytesWriter(128);
        out.u8(VERSION).u8(outcome.code()).messageId(id).i64(offset);
        if (session == null) {
            out.u8(0);
        } else {
            out.u8(1).incarnation(session.edge()).i64(session.number());
        }
        out.i64(acceptedAtMs)
                .i64(routedAtMs)
                .i64(sentAtMs)
                .i64(acknowledgedAtMs)
                .i64(settledAtMs)
                .u16(Math.min(sends, 0xffff))
                .u8(proof.code())
                .u8(reasonCode)
                .text(detail);
        if (replayOf == null) {
            out.u8(0);
        } else {
            out.u8(1).messageId(replayOf);
        }
        if (broadcast == null) {
            out.u8(0);
        } else {
            out.u8(1).i64(broadcast.offset());
        }
        return out.toBytes();
    }

    /**
     * The receipt of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static ReceiptRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        Outcome outcome = Outcome.ofCode(in.u8("outcome"));
        MessageId id = in.messageId("id");
        long offset = in.offset("offset");
        SessionId session =
                in.flag("session")
                        ? new SessionId(in.incarnation("edge"), in.sessionNumber("session"))
                        : null;
        ReceiptRecord receipt =
                new ReceiptRecord(
                        id,
                        offset,
                        outcome,
                        session,
                        in.i64("accepted"),
                        in.i64("routed"),
                        in.i64("sent"),
                        in.i64("acknowledged"),
                        in.i64("settled"),
                        in.u16("sends"),
                        Proof.ofCode(in.u8("proof")),
                        in.u8("reason-code"),
                        in.text("detail"),
                        in.flag("replay-of") ? in.messageId("replay-of") : null,
                        in.flag("broadcast") ? new BroadcastId(in.offset("broadcast")) : null);
        in.end("receipt");
        return receipt;
    }
}
