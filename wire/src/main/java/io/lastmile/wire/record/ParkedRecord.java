package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Urgency;
import org.jspecify.annotations.Nullable;

/**
 * A parked message in {@code lastmile.inbox}: what is needed to decide about it without its body.
 * Times are ms since the epoch.
 *
 * <p>Wide because it names the fields of a record in Kafka one by one.
 *
 * @param id of the message: its first place in the log
 * @param acceptedAtMs the broker's (first) append time
 * @param routedAtMs first read by an owner
 * @param expiresAtMs end of its time to live
 * @param notBeforeMs not delivered before; {@link Message#ABSENT} for at once; {@link
 *     #APPENDED_AGAIN} once it was due
 * @param bodyBytes size of the payload
 * @param sends how often it was handed to an edge, as far as the owner knows
 * @param collapseKey by which a later message replaces it
 * @param replayOf the message that this one repeats
 * @param ending decided while it was in flight (cancelled, replaced): how it ends if it comes back
 */
public record ParkedRecord(
        MessageId id,
        long acceptedAtMs,
        long routedAtMs,
        long expiresAtMs,
        long notBeforeMs,
        int bodyBytes,
        int sends,
        Urgency urgency,
        @Nullable String collapseKey,
        @Nullable MessageId replayOf,
        @Nullable Outcome ending) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    /**
     * In place of a not-before: its time has come, it was appended again, and that record has not
     * been read. Until then it stays here under its old offset.
     */
    public static final long APPENDED_AGAIN = Long.MAX_VALUE;

    /** The value of the record. */
    public byte[] encode() {
        BytesWriter out = new BytesWriter(80).u8(VERSION);
        out.messageId(id)
                .i64(acceptedAtMs)
                .i64(routedAtMs)
                .i64(expiresAtMs)
                .i64(notBeforeMs)
                .i32(bodyBytes)
                .u16(Math.min(sends, 0xffff))
                .u8(urgency.code())
                .optionalText(collapseKey);
        if (replayOf == null) {
            out.u8(0);
        } else {
            out.u8(1).messageId(replayOf);
        }
        out.u8(ending == null ? 0 : ending.code());
        return out.toBytes();
    }

    /**
     * The parked message of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static ParkedRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        ParkedRecord parked =
                new ParkedRecord(
                        in.messageId("id"),
                        in.i64("accepted"),
                        in.i64("routed"),
                        in.i64("expires"),
                        in.i64("not-before"),
                        in.i32("body-bytes"),
                        in.u16("sends"),
                        Urgency.ofCode(in.u8("urgency")),
                        in.optionalText("collapse-key"),
                        in.flag("replay-of") ? in.messageId("replay-of") : null,
                        ending(in.u8("ending")));
        in.end("parked message");
        if (parked.bodyBytes < 0) {
            throw new MalformedException("body-bytes", "0 or more");
        }
        return parked;
    }

    /** The same message where it was appended again: it waits for nothing more. */
    public ParkedRecord due() {
        return new ParkedRecord(
                id,
                acceptedAtMs,
                routedAtMs,
                expiresAtMs,
                Message.ABSENT,
                bodyBytes,
                sends,
                urgency,
                collapseKey,
                replayOf,
                null);
    }

    private static @Nullable Outcome ending(int code) {
        return code == 0 ? null : Outcome.ofCode(code);
    }
}
