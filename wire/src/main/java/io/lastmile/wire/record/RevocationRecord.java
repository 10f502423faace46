package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;

/**
 * A value of {@code lastmile.revocations}: the device's connection is closed wherever it is, and it
 * may not connect again until a tombstone allows it, unless the {@link RevocationKey} says once.
 *
 * @param atMs when somebody said so, by the clock of the API
 * @param by the name of their key; empty where the API asks for none
 * @param reason as they gave it, may be empty
 */
public record RevocationRecord(long atMs, String by, String reason) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    /** The most characters of a reason. */
    public static final int REASON_LENGTH_MAX = 200;

    /** The value of the record. */
    public byte[] encode() {
        return new BytesWriter(64).u8(VERSION).i64(atMs).text(by).text(reason).toBytes();
    }

    /**
     * The revocation of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static RevocationRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        RevocationRecord revocation =
                new RevocationRecord(in.i64("at"), in.text("by"), in.text("reason"));
        in.end("revocation");
        return revocation;
    }
}
