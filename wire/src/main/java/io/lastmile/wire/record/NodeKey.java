package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;

/**
 * A key of {@code lastmile.nodes}. A {@code gone} has a key of its own, so that no late heartbeat
 * of the incarnation can take its place in the compacted topic.
 *
 * @param gone whether the value is a {@link NodeRecord.Gone} or a {@link NodeRecord.Heartbeat}
 */
public record NodeKey(Incarnation incarnation, boolean gone) {
    /** The key of the record. */
    public byte[] encode() {
        return new BytesWriter(32).u8(gone ? 2 : 1).incarnation(incarnation).toBytes();
    }

    /**
     * The key of a record's bytes.
     *
     * @throws MalformedException where the bytes are none
     */
    public static NodeKey decode(byte[] key) {
        BytesReader in = new BytesReader(key);
        int kind = in.u8("kind");
        if (kind != 1 && kind != 2) {
            throw new MalformedException("kind", "1 or 2, not " + kind);
        }
        NodeKey decoded = new NodeKey(in.incarnation("node"), kind == 2);
        in.end("node key");
        return decoded;
    }
}
