package io.lastmile.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Appends the primitive fields of records and frames to a growing array: fixed-width integers in
 * network byte order, counts as unsigned LEB128, text as a count and UTF-8. One thread.
 */
public final class BytesWriter {
    // Views of the array: a ByteBuffer for each field is not always optimised away.
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int length;

    /** A writer that starts with room for so many bytes. */
    public BytesWriter(int capacity) {
        bytes = new byte[Math.max(16, capacity)];
    }

    /** Appends the low byte. */
    public BytesWriter u8(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
        return this;
    }

    /** Appends the low two bytes. */
    public BytesWriter u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    /** Appends four bytes. */
    public BytesWriter i32(int value) {
        reserve(4);
        INT.set(bytes, length, value);
        length += 4;
        return this;
    }

    /** Appends eight bytes. */
    public BytesWriter i64(long value) {
        reserve(8);
        LONG.set(bytes, length, value);
        length += 8;
        return this;
    }

    /** Appends a count, 0 or more, in 1 to 9 bytes. */
    public BytesWriter count(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a count is not negative: " + value);
        }
        long rest = value;
        while (rest > 0x7f) {
            u8((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        return u8((int) rest);
    }

    /** Appends a text. */
    public BytesWriter text(String value) {
        return blob(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends a byte that says whether there is a text, then the text. */
    public BytesWriter optionalText(@Nullable String value) {
        return value == null ? u8(0) : u8(1).text(value);
    }

    /** Appends a count and the bytes. */
    public BytesWriter blob(byte[] value) {
        count(value.length);
        return raw(value);
    }

    /** Appends the bytes alone. */
    public BytesWriter raw(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    /** Appends an incarnation: node name and number. */
    public BytesWriter incarnation(Incarnation value) {
        return text(value.node()).i64(value.number());
    }

    /** Appends a message id: partition and offset. */
    public BytesWriter messageId(MessageId value) {
        return i32(value.partition()).i64(value.offset());
    }

    /** How many bytes were appended. */
    public int length() {
        return length;
    }

    /** How many bytes there is room for before the array grows. */
    public int capacity() {
        return bytes.length;
    }

    /** Sets four bytes that were appended earlier. */
    public void setI32(int at, int value) {
        INT.set(bytes, Objects.checkFromIndexSize(at, 4, length), value);
    }

    /** A copy of what was appended. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** What was appended, without a copy: worth something until more is, or it is cleared. */
    public ByteBuffer toBuffer() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** Forgets what was appended and keeps the room for it. */
    public void clear() {
        length = 0;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
        }
    }
}
