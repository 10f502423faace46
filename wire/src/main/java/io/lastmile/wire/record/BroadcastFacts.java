package io.lastmile.wire.record;

import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.Urgency;
import org.jspecify.annotations.Nullable;

/**
 * What is needed to decide about a broadcast without its payload. Times are ms since the epoch.
 *
 * <p>Wide because it names the fields of a record in Kafka one by one.
 *
 * @param id its place in the broadcasts topic
 * @param acceptedAtMs the broker's append time
 * @param ttlSeconds from then on; {@link Message#ABSENT} for the default
 * @param notBeforeMs not delivered before; {@link Message#ABSENT} for at once
 * @param spreadSeconds over which connected members get it, 0 for at once
 * @param bodyBytes size of the payload
 * @param collapseKey by which a later broadcast to the same audience replaces it
 * @param idempotencyKey by which a later broadcast to the same audience is a duplicate of it
 * @param keep whether it goes to whoever joins later, too
 */
public record BroadcastFacts(
        BroadcastId id,
        Audience audience,
        long acceptedAtMs,
        long ttlSeconds,
        long notBeforeMs,
        int spreadSeconds,
        int bodyBytes,
        Urgency urgency,
        @Nullable String collapseKey,
        @Nullable String idempotencyKey,
        Receipts receipts,
        boolean keep) {

    void encode(BytesWriter out) {
        out.i64(id.offset())
                .text(audience.text())
                .i64(acceptedAtMs)
                .i64(ttlSeconds)
                .i64(notBeforeMs)
                .i32(spreadSeconds)
                .i32(bodyBytes)
                .u8(urgency.code())
                .optionalText(collapseKey)
                .optionalText(idempotencyKey)
                .u8(receipts.code())
                .u8(keep ? 1 : 0);
    }

    static BroadcastFacts decode(BytesReader in) {
        return new BroadcastFacts(
                new BroadcastId(in.offset("broadcast")),
                audience(in.text("audience")),
                in.i64("accepted"),
                orAbsent(in, "ttl"),
                orAbsent(in, "not-before"),
                size(in, "spread"),
                size(in, "body-bytes"),
                Urgency.ofCode(in.u8("urgency")),
                in.optionalText("collapse-key"),
                in.optionalText("idempotency-key"),
                Receipts.ofCode(in.u8("receipts")),
                in.flag("keep"));
    }

    private static Audience audience(String text) {
        try {
            return Audience.parse(text);
        } catch (Audience.AudienceException e) {
            throw new MalformedException("audience", String.valueOf(e.getMessage()));
        }
    }

    private static long orAbsent(BytesReader in, String field) {
        long value = in.i64(field);
        if (value < Message.ABSENT) {
            throw new MalformedException(field, "-1 or more");
        }
        return value;
    }

    private static int size(BytesReader in, String field) {
        int value = in.i32(field);
        if (value < 0) {
            throw new MalformedException(field, "0 or more");
        }
        return value;
    }
}
