package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;

/**
 * The misplaced message that arrived last from one other partition. Its owner appends them in the
 * order in which they stood there, so that one at or below the last has been here before.
 *
 * @param origin its offset in the partition where its producer wrote it
 * @param offset its offset in this one
 */
public record ArrivalRecord(long origin, long offset) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    /** The value of the record. */
    public byte[] encode() {
        return new BytesWriter(17).u8(VERSION).i64(origin).i64(offset).toBytes();
    }

    /**
     * The arrival of a record's value.
     *
     * @throws io.lastmile.wire.MalformedException where the bytes are none
     */
    public static ArrivalRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        ArrivalRecord arrival = new ArrivalRecord(in.offset("origin"), in.offset("offset"));
        in.end("arrival");
        return arrival;
    }
}
