package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;

/**
 * The value of a mark: the record in {@code lastmile.messages}, without a key, with which an owner
 * gives a broadcast its place among the messages of the partition. Who is a member there gets it.
 *
 * @param member the number of the only device that it is for; {@link #ALL} for the whole audience
 */
public record MarkRecord(BroadcastFacts facts, int member) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    /** The {@link #member} of a mark that is for the whole audience. */
    public static final int ALL = -1;

    /** The value of the record. */
    public byte[] encode() {
        BytesWriter out = new BytesWriter(128).u8(VERSION);
        encode(out);
        return out.toBytes();
    }

    /**
     * The mark of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static MarkRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        MarkRecord mark = decode(in);
        in.end("mark");
        return mark;
    }

    static MarkRecord decode(BytesReader in) {
        BroadcastFacts facts = BroadcastFacts.decode(in);
        int member = in.i32("member");
        if (member < ALL) {
            throw new MalformedException("member", "-1 or more");
        }
        return new MarkRecord(facts, member);
    }

    void encode(BytesWriter out) {
        facts.encode(out);
        out.i32(member);
    }
}
