package io.lastmile.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link BytesWriter} wrote. Whatever the bytes are, it ends in a value or a {@link
 * MalformedException} and never allocates more than the bytes that are there. One thread.
 */
public final class BytesReader {
    private final ByteBuffer bytes;

    /** Reads the remaining bytes of the buffer, whose position it moves. */
    public BytesReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Reads the array. */
    public BytesReader(byte[] bytes) {
        this(ByteBuffer.wrap(bytes));
    }

    /** One byte, 0 to 255. */
    public int u8(String field) {
        need(field, 1);
        return bytes.get() & 0xff;
    }

    /** Two bytes, 0 to 65,535. */
    public int u16(String field) {
        need(field, 2);
        return bytes.getShort() & 0xffff;
    }

    /** Four bytes. */
    public int i32(String field) {
        need(field, 4);
        return bytes.getInt();
    }

    /** Eight bytes. */
    public long i64(String field) {
        need(field, 8);
        return bytes.getLong();
    }

    /** A byte that is 0 or 1. */
    public boolean flag(String field) {
        int value = u8(field);
        if (value > 1) {
            throw new MalformedException(field, "0 or 1, not " + value);
        }
        return value == 1;
    }

    /** A count. */
    public long count(String field) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = u8(field);
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new MalformedException(field, "a count has at most 9 bytes");
    }

    /**
     * A count of things of at least {@code unitBytes} bytes each, which must therefore be there.
     */
    public int countOf(String field, int unitBytes) {
        long value = count(field);
        if (value * unitBytes > bytes.remaining() || value > Integer.MAX_VALUE) {
            throw new MalformedException(field, "counts " + value + " but the bytes end before");
        }
        return (int) value;
    }

    /** A text. */
    public String text(String field) {
        ByteBuffer slice = take(field);
        return isAscii(slice) ? ascii(slice) : utf8(field, slice);
    }

    private static boolean isAscii(ByteBuffer slice) {
        for (int i = slice.position(); i < slice.limit(); i++) {
            if (slice.get(i) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Ids and names are: a decoder of its own for each would be most of the work. */
    private static String ascii(ByteBuffer slice) {
        byte[] copy = new byte[slice.remaining()];
        slice.get(copy);
        return new String(copy, StandardCharsets.ISO_8859_1);
    }

    private static String utf8(String field, ByteBuffer slice) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException(field, "not UTF-8");
        }
    }

    /** A text or null. */
    public @Nullable String optionalText(String field) {
        return flag(field) ? text(field) : null;
    }

    /** A copy of counted bytes. */
    public byte[] blob(String field) {
        ByteBuffer slice = take(field);
        byte[] copy = new byte[slice.remaining()];
        slice.get(copy);
        return copy;
    }

    /** A device id. */
    public DeviceId device(String field) {
        DeviceId device = DeviceId.ofBytes(blob(field));
        if (device == null) {
            throw new MalformedException(field, DeviceId.RULE);
        }
        return device;
    }

    /** An incarnation: node name and number. */
    public Incarnation incarnation(String field) {
        String node = text(field);
        long number = i64(field);
        if (!Incarnation.isValidNode(node) || number < 0) {
            throw new MalformedException(field, Incarnation.RULE);
        }
        return new Incarnation(node, number);
    }

    /** A session number. */
    public long sessionNumber(String field) {
        long number = i64(field);
        if (number <= 0) {
            throw new MalformedException(field, "a session number is positive");
        }
        return number;
    }

    /** A message id: partition and offset. */
    public MessageId messageId(String field) {
        int partition = i32(field);
        long offset = i64(field);
        if (partition < 0 || offset < 0) {
            throw new MalformedException(field, MessageId.RULE);
        }
        return new MessageId(partition, offset);
    }

    /** A log offset, 0 or more. */
    public long offset(String field) {
        long offset = i64(field);
        if (offset < 0) {
            throw new MalformedException(field, "an offset is not negative");
        }
        return offset;
    }

    /** A log offset, or -1 where there is none. */
    public long offsetOrNone(String field) {
        long offset = i64(field);
        if (offset < -1) {
            throw new MalformedException(field, "an offset, or -1 for none");
        }
        return offset;
    }

    /** How many bytes are left. */
    public int remaining() {
        return bytes.remaining();
    }

    /** Refuses bytes after the last field. */
    public void end(String what) {
        if (bytes.hasRemaining()) {
            throw new MalformedException(what, bytes.remaining() + " bytes too many");
        }
    }

    private ByteBuffer take(String field) {
        int length = countOf(field, 1);
        ByteBuffer slice = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        return slice;
    }

    private void need(String field, int count) {
        if (bytes.remaining() < count) {
            throw new MalformedException(field, "the bytes end before it");
        }
    }
}
