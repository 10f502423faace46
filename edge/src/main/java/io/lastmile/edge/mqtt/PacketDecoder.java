package io.lastmile.edge.mqtt;

import io.lastmile.edge.auth.Password;
import io.lastmile.edge.session.ClientPacket;
import io.lastmile.edge.session.ClientPacket.Auth;
import io.lastmile.edge.session.ClientPacket.Connect;
import io.lastmile.edge.session.ClientPacket.ConnectOfOtherVersion;
import io.lastmile.edge.session.ClientPacket.Disconnect;
import io.lastmile.edge.session.ClientPacket.Filter;
import io.lastmile.edge.session.ClientPacket.Limits;
import io.lastmile.edge.session.ClientPacket.Puback;
import io.lastmile.edge.session.ClientPacket.Publish;
import io.lastmile.edge.session.ClientPacket.Pubrel;
import io.lastmile.edge.session.ClientPacket.Subscribe;
import io.lastmile.edge.session.ClientPacket.Unsubscribe;
import io.lastmile.edge.session.ClientPacket.Will;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bytes of a device to packets. It keeps nothing: the buffer alone says how far it has come. */
final class PacketDecoder {
    private static final int TYPE_CONNECT = 1;
    private static final int TYPE_PUBLISH = 3;
    private static final int TYPE_PUBACK = 4;
    private static final int TYPE_PUBREC = 5;
    private static final int TYPE_PUBREL = 6;
    private static final int TYPE_PUBCOMP = 7;
    private static final int TYPE_SUBSCRIBE = 8;
    private static final int TYPE_UNSUBSCRIBE = 10;
    private static final int TYPE_PINGREQ = 12;
    private static final int TYPE_DISCONNECT = 14;
    private static final int TYPE_AUTH = 15;

    private static final int NO_LOCAL = 4; // of a subscription's options

    private PacketDecoder() {}

    /**
     * Reads the next packet off the buffer.
     *
     * @param level of the connection, {@link DeviceHeart#LEVEL_UNKNOWN} before its CONNECT
     * @param bytesMax the longest packet that is taken
     * @return null where the packet is not all there yet; the buffer is then as it was
     * @throws PacketException where the bytes are no packet a client may send now
     */
    static @Nullable ClientPacket decode(ByteBuf in, int level, int bytesMax) {
        if (!in.isReadable()) {
            return null;
        }
        int start = in.readerIndex();
        int head = in.getUnsignedByte(start);
        checkHead(head, level); // before the rest is here: noise is not waited for
        int length = 0;
        int at = start + 1;
        for (int shift = 0; ; shift += 7) {
            if (shift > 21) {
                throw PacketException.malformed("the remaining length has more than 4 bytes");
            }
            if (at >= in.writerIndex()) {
                return null;
            }
            int next = in.getUnsignedByte(at++);
            length |= (next & 0x7f) << shift;
            if (next < 0x80) {
                PacketBytes.checkShortest(next, shift, "the remaining length");
                break;
            }
        }
        if (at - start + length > bytesMax) {
            throw new PacketException(
                    ReasonCode.PACKET_TOO_LARGE, "packets have at most " + bytesMax + " bytes");
        }
        if (in.writerIndex() - at < length) {
            return null;
        }
        in.readerIndex(at);
        ByteBuf body = in.readSlice(length);
        ClientPacket packet = body(head, level, body);
        if (body.isReadable()) {
            throw PacketException.malformed(body.readableBytes() + " bytes too many");
        }
        return packet;
    }

    private static void checkHead(int head, int level) {
        int type = head >>> 4;
        if (level == DeviceHeart.LEVEL_UNKNOWN && type != TYPE_CONNECT) {
            throw PacketException.protocolError("the first packet is CONNECT");
        }
        int flags = head & 0xf;
        int flagsWanted =
                switch (type) {
                    case TYPE_PUBLISH -> flags;
                    case TYPE_PUBREL, TYPE_SUBSCRIBE, TYPE_UNSUBSCRIBE -> 2;
                    case TYPE_CONNECT,
                            TYPE_PUBACK,
                            TYPE_PUBREC,
                            TYPE_PUBCOMP,
                            TYPE_PINGREQ,
                            TYPE_DISCONNECT ->
                            0;
                    case TYPE_AUTH -> {
                        if (level != DeviceHeart.LEVEL_5) {
                            throw PacketException.malformed("packet type 15");
                        }
                        yield 0;
                    }
                    default ->
                            throw PacketException.malformed("no client sends packet type " + type);
                };
        if (flags != flagsWanted) {
            throw PacketException.malformed("flags " + flags + " of packet type " + type);
        }
    }

    private static ClientPacket body(int head, int level, ByteBuf in) {
        return switch (head >>> 4) {
            case TYPE_CONNECT -> {
                if (level != DeviceHeart.LEVEL_UNKNOWN) {
                    throw PacketException.protocolError("a second CONNECT");
                }
                yield connect(in);
            }
            case TYPE_PUBLISH -> publish(head & 0xf, level, in);
            case TYPE_PUBACK -> puback(level, in);
            case TYPE_PUBREC, TYPE_PUBCOMP ->
                    throw PacketException.protocolError("nothing is sent at QoS 2 here");
            case TYPE_PUBREL -> {
                int packetId = packetId(in);
                int reason = reasonAndProperties(level, in, Property.Place.PUBACK); // the same ones
                yield new Pubrel(packetId, reason);
            }
            case TYPE_SUBSCRIBE -> subscribe(level, in);
            case TYPE_UNSUBSCRIBE -> unsubscribe(level, in);
            case TYPE_PINGREQ -> ClientPacket.PING_REQUEST;
            case TYPE_DISCONNECT ->
                    new Disconnect(reasonAndProperties(level, in, Property.Place.DISCONNECT));
            case TYPE_AUTH -> new Auth(reasonAndProperties(level, in, Property.Place.AUTH));
            default -> throw PacketException.malformed("packet type " + (head >>> 4));
        };
    }

    private static ClientPacket connect(ByteBuf in) {
        String protocol = PacketBytes.text(in, "protocol name");
        int level = PacketBytes.u8(in, "protocol level");
        if (!protocol.equals("MQTT")
                || (level != DeviceHeart.LEVEL_3 && level != DeviceHeart.LEVEL_5)) {
            in.skipBytes(in.readableBytes()); // nobody knows how the rest is to be read
            return new ConnectOfOtherVersion(protocol, level);
        }
        int flags = PacketBytes.u8(in, "connect flags");
        boolean willed = (flags & 0x04) != 0;
        int willQos = flags >>> 3 & 3;
        boolean willRetain = (flags & 0x20) != 0;
        boolean password = (flags & 0x40) != 0;
        boolean userName = (flags & 0x80) != 0;
        if ((flags & 1) != 0
                || willQos == 3
                || (!willed && (willQos != 0 || willRetain))
                || (level == DeviceHeart.LEVEL_3 && password && !userName)) {
            throw PacketException.malformed("connect flags 0x" + Integer.toHexString(flags));
        }
        int keepAliveSeconds = PacketBytes.u16(in, "keep alive");
        Map<Property, Long> properties = properties(level, in, Property.Place.CONNECT);
        if (properties.containsKey(Property.AUTHENTICATION_DATA)
                && !properties.containsKey(Property.AUTHENTICATION_METHOD)) {
            throw PacketException.protocolError("authentication data without a method");
        }
        String clientId = PacketBytes.text(in, "client identifier");
        if (willed) {
            properties(level, in, Property.Place.WILL);
            PacketBytes.checkTopicName(PacketBytes.text(in, "will topic"), "will topic");
            PacketBytes.skipBytes(in, "will payload");
        }
        String name = userName ? PacketBytes.text(in, "user name") : null;
        Password secret = password ? PacketBytes.password(in) : Password.NONE;
        return new Connect(
                level,
                clientId,
                keepAliveSeconds,
                new Limits(
                        Math.toIntExact(properties.getOrDefault(Property.RECEIVE_MAXIMUM, 65_535L)),
                        properties.getOrDefault(Property.MAXIMUM_PACKET_SIZE, 0L)),
                properties.containsKey(Property.AUTHENTICATION_METHOD),
                willed ? new Will(willQos, willRetain) : null,
                new NameAndPassword(name, secret));
    }

    private static Publish publish(int flags, int level, ByteBuf in) {
        int qos = flags >>> 1 & 3;
        boolean repeated = (flags & 8) != 0;
        if (qos == 3 || (qos == 0 && repeated)) {
            throw PacketException.malformed("flags " + flags + " of PUBLISH");
        }
        String topic = PacketBytes.text(in, "topic");
        int packetId = qos > 0 ? packetId(in) : 0;
        Map<Property, Long> properties = properties(level, in, Property.Place.PUBLISH);
        if (properties.containsKey(Property.TOPIC_ALIAS)) {
            throw new PacketException(
                    ReasonCode.TOPIC_ALIAS_INVALID, "CONNACK allows no topic alias");
        }
        if (level == DeviceHeart.LEVEL_5 && topic.isEmpty()) {
            throw PacketException.protocolError("PUBLISH without a topic");
        }
        PacketBytes.checkTopicName(topic, "topic");
        in.skipBytes(in.readableBytes());
        return new Publish(qos, packetId);
    }

    private static Puback puback(int level, ByteBuf in) {
        int packetId = packetId(in);
        return new Puback(packetId, reasonAndProperties(level, in, Property.Place.PUBACK));
    }

    private static Subscribe subscribe(int level, ByteBuf in) {
        int packetId = packetId(in);
        Map<Property, Long> properties = properties(level, in, Property.Place.SUBSCRIBE);
        List<Filter> filters = new ArrayList<>(2);
        while (in.isReadable()) {
            String topicFilter = topicFilter(in);
            int options = PacketBytes.u8(in, "subscription options");
            int qos = options & 3;
            boolean retainHandlingBad = (options >>> 4 & 3) == 3;
            if (qos == 3
                    || (level == DeviceHeart.LEVEL_3 && options != qos)
                    || (options & 0xC0) != 0
                    || retainHandlingBad) {
                throw PacketException.malformed(
                        "subscription options 0x" + Integer.toHexString(options));
            }
            if ((options & NO_LOCAL) != 0 && topicFilter.startsWith("$share/")) {
                throw PacketException.protocolError("no local on a shared subscription");
            }
            filters.add(new Filter(topicFilter, qos));
        }
        if (filters.isEmpty()) {
            throw PacketException.protocolError("SUBSCRIBE without a topic filter");
        }
        boolean identified = properties.containsKey(Property.SUBSCRIPTION_IDENTIFIER);
        return new Subscribe(packetId, identified, durable(properties), filters);
    }

    private static Unsubscribe unsubscribe(int level, ByteBuf in) {
        int packetId = packetId(in);
        Map<Property, Long> properties = properties(level, in, Property.Place.UNSUBSCRIBE);
        List<String> filters = new ArrayList<>(2);
        while (in.isReadable()) {
            filters.add(topicFilter(in));
        }
        if (filters.isEmpty()) {
            throw PacketException.protocolError("UNSUBSCRIBE without a topic filter");
        }
        return new Unsubscribe(packetId, durable(properties), filters);
    }

    /** Whether memberships of channels are to last; null where it does not say. */
    private static @Nullable Boolean durable(Map<Property, Long> properties) {
        long said = properties.getOrDefault(Property.USER_PROPERTY, 0L);
        return said == Property.DURABLE
                ? Boolean.TRUE
                : said == Property.NOT_DURABLE ? Boolean.FALSE : null;
    }

    private static String topicFilter(ByteBuf in) {
        String topicFilter = PacketBytes.text(in, "topic filter");
        if (topicFilter.isEmpty()) {
            throw PacketException.malformed("an empty topic filter");
        }
        return topicFilter;
    }

    private static int packetId(ByteBuf in) {
        int packetId = PacketBytes.u16(in, "packet identifier");
        if (packetId == 0) {
            throw PacketException.protocolError("packet identifier 0");
        }
        return packetId;
    }

    private static int reasonAndProperties(int level, ByteBuf in, Property.Place place) {
        if (level != DeviceHeart.LEVEL_5 || !in.isReadable()) {
            return 0;
        }
        int reason = in.readUnsignedByte();
        if (in.isReadable()) {
            Property.read(in, place);
        }
        return reason;
    }

    private static Map<Property, Long> properties(int level, ByteBuf in, Property.Place place) {
        return level == DeviceHeart.LEVEL_5 ? Property.read(in, place) : Map.of();
    }
}
