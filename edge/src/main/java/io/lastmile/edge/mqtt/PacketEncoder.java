package io.lastmile.edge.mqtt;

import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.ReasonCode;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.MqttText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The packets that the edge sends, each into a buffer of its own size. */
final class PacketEncoder {
    /** The user property that carries the message's id. */
    static final String MESSAGE_ID = "message-id";

    /** The user property that says to which channel, or condition, a broadcast was posted. */
    static final String CHANNEL = "channel";

    private static final int CONNACK = 0x20;
    private static final int PUBLISH = 0x30;
    private static final int PUBACK = 0x40;
    private static final int PUBREC = 0x50;
    private static final int PUBCOMP = 0x70;
    private static final int SUBACK = 0x90;
    private static final int UNSUBACK = 0xB0;
    private static final int PINGRESP = 0xD0;
    private static final int DISCONNECT = 0xE0;
    private static final long SECONDS_MAX = 0xFFFF_FFFFL;
    private static final int TEXT_BYTES_MAX = 65_535;

    private PacketEncoder() {}

    /** CONNACK of MQTT 3.1.1; Session Present is always 0. */
    static ByteBuf connackV3(ByteBufAllocator buffers, int returnCode) {
        return buffers.buffer(4, 4)
                .writeByte(CONNACK)
                .writeByte(2)
                .writeByte(0)
                .writeByte(returnCode);
    }

    /**
     * CONNACK of MQTT 5 that says yes, and what is not to be had here.
     *
     * @param packetBytesMax the longest packet the edge takes
     * @param serverKeepAliveSeconds that counts instead of the client's; -1 where the client's does
     */
    static ByteBuf connackV5(
            ByteBufAllocator buffers, int packetBytesMax, int serverKeepAliveSeconds) {
        boolean keepAlive = serverKeepAliveSeconds >= 0;
        int properties = 2 + 2 + 2 + 2 + 5 + 5 + (keepAlive ? 3 : 0);
        ByteBuf out =
                packet(buffers, CONNACK, 2 + 1 + properties)
                        .writeByte(0)
                        .writeByte(0)
                        .writeByte(properties);
        out.writeByte(Property.MAXIMUM_QOS.code()).writeByte(1);
        out.writeByte(Property.RETAIN_AVAILABLE.code()).writeByte(0);
        out.writeByte(Property.SHARED_SUBSCRIPTIONS_AVAILABLE.code()).writeByte(0);
        out.writeByte(Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE.code()).writeByte(0);
        out.writeByte(Property.SESSION_EXPIRY.code()).writeInt(0);
        out.writeByte(Property.MAXIMUM_PACKET_SIZE.code()).writeInt(packetBytesMax);
        if (keepAlive) {
            out.writeByte(Property.SERVER_KEEP_ALIVE.code()).writeShort(serverKeepAliveSeconds);
        }
        return out;
    }

    /**
     * CONNACK of MQTT 5 that says no, and why.
     *
     * @param bytesMax the longest packet that the device takes, 0 for any
     */
    static ByteBuf connackV5(
            ByteBufAllocator buffers, ReasonCode reason, String text, long bytesMax) {
        int properties = reasonPropertyBytes(2, text, bytesMax);
        ByteBuf out = packet(buffers, CONNACK, 2 + PacketBytes.countBytes(properties) + properties);
        out.writeByte(0).writeByte(reason.code());
        writeReasonProperty(out, properties, text);
        return out;
    }

    /** SUBACK with a code for each topic filter. */
    static ByteBuf suback(ByteBufAllocator buffers, int level, int packetId, int[] codes) {
        return acknowledgement(buffers, SUBACK, level, packetId, codes);
    }

    /** UNSUBACK; MQTT 3.1.1 has no codes in it. */
    static ByteBuf unsuback(ByteBufAllocator buffers, int level, int packetId, int[] codes) {
        boolean coded = level == DeviceHeart.LEVEL_5;
        return acknowledgement(buffers, UNSUBACK, level, packetId, coded ? codes : new int[0]);
    }

    private static ByteBuf acknowledgement(
            ByteBufAllocator buffers, int head, int level, int packetId, int[] codes) {
        int properties = level == DeviceHeart.LEVEL_5 ? 1 : 0;
        ByteBuf out = packet(buffers, head, 2 + properties + codes.length).writeShort(packetId);
        out.writeZero(properties);
        for (int code : codes) {
            out.writeByte(code);
        }
        return out;
    }

    /**
     * PUBACK, or PUBREC at QoS 2, of a message that nobody gets. MQTT 5 says so; MQTT 3.1.1 knows
     * no refusal, and wants a positive answer or a closed connection (MQTT-3.3.5-2).
     */
    static ByteBuf answerToDropped(ByteBufAllocator buffers, int level, int qos, int packetId) {
        return answer(
                buffers, qos == 2 ? PUBREC : PUBACK, level, packetId, ReasonCode.NOT_AUTHORIZED);
    }

    /** PUBCOMP: of what MQTT 3.1.1 was told is taken, and MQTT 5 that nobody knows. */
    static ByteBuf pubcomp(ByteBufAllocator buffers, int level, int packetId) {
        return answer(buffers, PUBCOMP, level, packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
    }

    private static ByteBuf answer(
            ByteBufAllocator buffers, int head, int level, int packetId, ReasonCode refusal) {
        return level == DeviceHeart.LEVEL_5
                ? packet(buffers, head, 3).writeShort(packetId).writeByte(refusal.code())
                : packet(buffers, head, 2).writeShort(packetId);
    }

    /** PINGRESP. */
    static ByteBuf pingresp(ByteBufAllocator buffers) {
        return buffers.buffer(2, 2).writeByte(PINGRESP).writeByte(0);
    }

    /**
     * DISCONNECT of MQTT 5.
     *
     * @param bytesMax the longest packet that the device takes, 0 for any
     */
    static ByteBuf disconnect(
            ByteBufAllocator buffers, ReasonCode reason, String text, long bytesMax) {
        int properties = reasonPropertyBytes(1, text, bytesMax);
        ByteBuf out =
                packet(buffers, DISCONNECT, 1 + PacketBytes.countBytes(properties) + properties);
        out.writeByte(reason.code());
        writeReasonProperty(out, properties, text);
        return out;
    }

    /** A reason in words is left out where the packet would be too long by it: then 0. */
    private static int reasonPropertyBytes(int bytesBefore, String text, long bytesMax) {
        int properties = textPropertyBytes(text);
        int body = bytesBefore + PacketBytes.countBytes(properties) + properties;
        return isTooLong(body, bytesMax) ? 0 : properties;
    }

    private static void writeReasonProperty(ByteBuf out, int properties, String text) {
        PacketBytes.writeCount(out, properties);
        if (properties > 0) {
            writeTextProperty(out, Property.REASON_STRING, text);
        }
    }

    private static boolean isTooLong(int body, long bytesMax) {
        return bytesMax > 0 && 1L + PacketBytes.countBytes(body) + body > bytesMax;
    }

    /**
     * What a PUBLISH says.
     *
     * @param channel the audience that a broadcast was posted to; null for a message
     */
    record Content(MessageId id, long expiresInMs, Message message, @Nullable String channel) {}

    /**
     * PUBLISH of a message, never with DUP: a session is given each message once.
     *
     * @param packetId for QoS 1; 0 for QoS 0
     * @param bytesMax the longest packet that the device takes, 0 for any
     * @return null where the packet would be longer
     */
    static @Nullable ByteBuf publish(
            ByteBufAllocator buffers,
            int level,
            String topic,
            int packetId,
            Content content,
            long bytesMax) {
        byte[] payload = content.message.payload().bytes();
        ByteBuf out = publish(buffers, level, topic, packetId, content, payload.length, bytesMax);
        return out == null ? null : out.writeBytes(payload);
    }

    /** All of that PUBLISH that stands before its payload. */
    static ByteBuf publishHead(
            ByteBufAllocator buffers, int level, String topic, int packetId, Content content) {
        return Objects.requireNonNull(publish(buffers, level, topic, packetId, content, 0, 0));
    }

    /**
     * All that stands before the payload.
     *
     * @param room for that payload in the buffer
     */
    private static @Nullable ByteBuf publish(
            ByteBufAllocator buffers,
            int level,
            String topic,
            int packetId,
            Content content,
            int room,
            long bytesMax) {
        Message message = content.message;
        int topicBytes = topic.length(); // ASCII, as every topic here
        int body = 2 + topicBytes + (packetId > 0 ? 2 : 0) + message.payload().length();
        List<Header> attributes = List.of();
        String contentType = isText(message.contentType()) ? message.contentType() : null;
        int properties = 0;
        if (level == DeviceHeart.LEVEL_5) {
            attributes = attributes(content);
            properties = 5 + propertyBytes(contentType, attributes);
            body += PacketBytes.countBytes(properties) + properties;
        }
        if (isTooLong(body, bytesMax)) {
            return null;
        }
        int absent = message.payload().length() - room;
        ByteBuf out = packet(buffers, PUBLISH | (packetId > 0 ? 2 : 0), body, absent);
        out.writeShort(topicBytes);
        ByteBufUtil.writeAscii(out, topic);
        if (packetId > 0) {
            out.writeShort(packetId);
        }
        if (level == DeviceHeart.LEVEL_5) {
            PacketBytes.writeCount(out, properties);
            out.writeByte(Property.MESSAGE_EXPIRY.code()).writeInt(seconds(content.expiresInMs));
            if (contentType != null) {
                writeTextProperty(out, Property.CONTENT_TYPE, contentType);
            }
            for (Header attribute : attributes) {
                out.writeByte(Property.USER_PROPERTY.code());
                writeText(out, attribute.name());
                writeText(out, attribute.value());
            }
        }
        return out;
    }

    /** A time as a Message Expiry Interval, which has no sign. */
    static int seconds(long expiresInMs) {
        return (int) Math.clamp(expiresInMs / 1_000, 0, SECONDS_MAX);
    }

    /** What an MQTT 5 device sees as user properties. */
    private static List<Header> attributes(Content content) {
        Message message = content.message;
        List<Header> attributes = new ArrayList<>(message.attributes().size() + 4);
        attributes.add(new Header(MESSAGE_ID, content.id.toString()));
        if (content.channel != null) {
            attributes.add(new Header(CHANNEL, content.channel));
        }
        if (message.replayOf() != null) {
            attributes.add(
                    new Header(
                            MessageHeader.REPLAY_OF.headerName(), message.replayOf().toString()));
        }
        if (message.traceparent() != null && isText(message.traceparent())) {
            attributes.add(
                    new Header(MessageHeader.TRACEPARENT.headerName(), message.traceparent()));
        }
        for (Header attribute : message.attributes()) {
            if (isText(attribute.name()) && isText(attribute.value())) {
                attributes.add(attribute);
            }
        }
        return attributes;
    }

    /**
     * Whether MQTT can carry it. What it cannot is refused where messages are accepted; this is the
     * last line: a device would close its connection on it, and be sent it again.
     */
    private static boolean isText(@Nullable String text) {
        return text != null
                && MqttText.isCarried(text)
                && ByteBufUtil.utf8Bytes(text) <= TEXT_BYTES_MAX;
    }

    private static int propertyBytes(@Nullable String contentType, List<Header> attributes) {
        int bytes = contentType == null ? 0 : textPropertyBytes(contentType);
        for (Header attribute : attributes) {
            bytes += textPropertyBytes(attribute.name()) + textBytes(attribute.value());
        }
        return bytes;
    }

    private static int textBytes(String text) {
        return 2 + ByteBufUtil.utf8Bytes(text);
    }

    private static int textPropertyBytes(String text) {
        return 1 + textBytes(text);
    }

    private static void writeTextProperty(ByteBuf out, Property property, String text) {
        out.writeByte(property.code());
        writeText(out, text);
    }

    private static void writeText(ByteBuf out, String text) {
        int bytes = ByteBufUtil.utf8Bytes(text);
        out.writeShort(bytes);
        ByteBufUtil.reserveAndWriteUtf8(out, text, bytes); // exactly: else it asks for the worst
    }

    private static ByteBuf packet(ByteBufAllocator buffers, int head, int body) {
        return packet(buffers, head, body, 0);
    }

    /**
     * One that has begun.
     *
     * @param absent how many bytes of the body will not be in the buffer
     */
    private static ByteBuf packet(ByteBufAllocator buffers, int head, int body, int absent) {
        int bytes = 1 + PacketBytes.countBytes(body) + body - absent;
        ByteBuf out = buffers.buffer(bytes, bytes).writeByte(head);
        PacketBytes.writeCount(out, body);
        return out;
    }
}
