package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;

/**
 * The record with which an owner takes a partition, in {@code lastmile.inbox}; its offset is the
 * ownership epoch.
 *
 * @param atMs by the owner's clock, for people
 */
public record ClaimRecord(Incarnation owner, long atMs) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    /** The value of the record. */
    public byte[] encode() {
        return new BytesWriter(32).u8(VERSION).incarnation(owner).i64(atMs).toBytes();
    }

    /**
     * The claim of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static ClaimRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        ClaimRecord claim = new ClaimRecord(in.incarnation("owner"), in.i64("at"));
        in.end("claim");
        return claim;
    }
}
