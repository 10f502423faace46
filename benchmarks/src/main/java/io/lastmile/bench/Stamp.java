package io.lastmile.bench;

import io.lastmile.wire.Payload;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * What a benchmark's payload begins with: when it was due and in which phase. It is read by the
 * process that wrote it, so that one clock measures.
 *
 * @param dueNs {@link System#nanoTime}
 */
public record Stamp(int phase, long dueNs) {
    /** The least length of a payload. */
    public static final int BYTES = Integer.BYTES + Long.BYTES;

    /** A payload of this length, filled with what does not compress. */
    public Payload payload(int length, Random filler) {
        byte[] bytes = new byte[Math.max(length, BYTES)];
        filler.nextBytes(bytes);
        ByteBuffer.wrap(bytes).putInt(phase).putLong(dueNs);
        return Payload.of(bytes);
    }

    /** What a payload begins with. */
    public static Stamp of(byte[] payload) {
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        return new Stamp(bytes.getInt(), bytes.getLong());
    }
}
