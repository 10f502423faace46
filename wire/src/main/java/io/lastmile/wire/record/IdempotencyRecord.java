package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.MessageId;

/**
 * An idempotency key in its window, in {@code lastmile.inbox}.
 *
 * @param first the message that had the key first
 * @param forgottenAtMs when the window ends, ms since the epoch
 */
public record IdempotencyRecord(MessageId first, long forgottenAtMs) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    /** The value of the record. */
    public byte[] encode() {
        return new BytesWriter(24).u8(VERSION).messageId(first).i64(forgottenAtMs).toBytes();
    }

    /**
     * The key's record of a value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static IdempotencyRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        IdempotencyRecord known =
                new IdempotencyRecord(in.messageId("first"), in.i64("forgotten-at"));
        in.end("idempotency key");
        return known;
    }
}
