package io.lastmile.router.heart;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import java.util.Arrays;

/** Reads, and writes, numbers in seven bits a byte, low bits first; small ones take one byte. */
final class Varints {
    private final byte[] bytes;
    private int at;

    Varints(byte[] bytes, int from) {
        this.bytes = bytes;
        this.at = from;
    }

    /** Appends any number; a negative one takes ten bytes. */
    static void append(BytesWriter out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.u8((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.u8((int) rest);
    }

    /** Appends any number so that one close to zero is short, whatever its sign. */
    static void appendSigned(BytesWriter out, long value) {
        append(out, value << 1 ^ value >> 63);
    }

    long next() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes[at++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    long nextSigned() {
        long value = next();
        return value >>> 1 ^ -(value & 1);
    }

    int u8() {
        return bytes[at++] & 0xff;
    }

    /** A text that {@link BytesWriter#text} wrote. */
    String text() {
        BytesReader in = new BytesReader(Arrays.copyOfRange(bytes, at, bytes.length));
        String text = in.text("text");
        at = bytes.length - in.remaining();
        return text;
    }

    /** The eight bytes at a place, which {@link BytesWriter#i64} wrote. */
    static long i64(byte[] bytes, int at) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (bytes[at + i] & 0xff);
        }
        return value;
    }

    static void setI64(byte[] bytes, int at, long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[at + i] = (byte) (value >>> (56 - 8 * i));
        }
    }

    int at() {
        return at;
    }

    void skipTo(int place) {
        at = place;
    }
}
