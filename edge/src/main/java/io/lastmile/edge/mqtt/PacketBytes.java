package io.lastmile.edge.mqtt;

import io.lastmile.edge.auth.Password;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The fields that packets are made of (MQTT 5, section 1.5). Each read ends in a value or a {@link
 * PacketException}.
 */
final class PacketBytes {
    private PacketBytes() {}

    static int u8(ByteBuf in, String field) {
        need(in, 1, field);
        return in.readUnsignedByte();
    }

    static int u16(ByteBuf in, String field) {
        need(in, 2, field);
        return in.readUnsignedShort();
    }

    static long u32(ByteBuf in, String field) {
        need(in, 4, field);
        return in.readUnsignedInt();
    }

    /** A variable byte integer, 0 to 268,435,455. */
    static int count(ByteBuf in, String field) {
        int value = 0;
        for (int shift = 0; shift <= 21; shift += 7) {
            int next = u8(in, field);
            value |= (next & 0x7f) << shift;
            if (next < 0x80) {
                checkShortest(next, shift, field);
                return value;
            }
        }
        throw PacketException.malformed(field + " has more than 4 bytes");
    }

    /** A variable byte integer takes as few bytes as it can (MQTT-1.5.5-1). */
    static void checkShortest(int lastByte, int shift, String field) {
        if (lastByte == 0 && shift > 0) {
            throw PacketException.malformed(field + " takes more bytes than it needs");
        }
    }

    /** What something is published to is not empty and has no wildcards. */
    static void checkTopicName(String topic, String field) {
        if (topic.isEmpty() || hasWildcard(topic)) {
            throw PacketException.malformed(field + " is empty or has a wildcard");
        }
    }

    static boolean hasWildcard(String topic) {
        return topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0;
    }

    static String text(ByteBuf in, String field) {
        ByteBuf bytes = slice(in, u16(in, field), field);
        String text;
        try {
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(bytes.nioBuffer(bytes.readerIndex(), bytes.readableBytes()))
                            .toString();
        } catch (CharacterCodingException e) {
            throw PacketException.malformed(field + " is not UTF-8");
        }
        if (text.indexOf('\0') >= 0) {
            throw PacketException.malformed(field + " contains U+0000");
        }
        return text;
    }

    static void skipBytes(ByteBuf in, String field) {
        slice(in, u16(in, field), field);
    }

    static Password password(ByteBuf in) {
        return new Password(ByteBufUtil.getBytes(slice(in, u16(in, "password"), "password")));
    }

    /** The next bytes; they live no longer than the buffer. */
    static ByteBuf slice(ByteBuf in, int length, String field) {
        need(in, length, field);
        return in.readSlice(length);
    }

    private static void need(ByteBuf in, int bytes, String field) {
        if (in.readableBytes() < bytes) {
            throw PacketException.malformed("the packet ends before " + field);
        }
    }

    /** How many bytes a variable byte integer takes. */
    static int countBytes(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
    }

    static void writeCount(ByteBuf out, int value) {
        int rest = value;
        while (rest > 0x7f) {
            out.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
