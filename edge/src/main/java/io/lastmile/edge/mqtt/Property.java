package io.lastmile.edge.mqtt;

import io.netty.buffer.ByteBuf;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The properties of MQTT 5 (section 2.2.2.2) that a client may send or the edge sends. */
enum Property {
    PAYLOAD_FORMAT(0x01, Kind.FLAG, Place.WILL, Place.PUBLISH),
    MESSAGE_EXPIRY(0x02, Kind.U32, Place.WILL, Place.PUBLISH),
    CONTENT_TYPE(0x03, Kind.TEXT, Place.WILL, Place.PUBLISH),
    RESPONSE_TOPIC(0x08, Kind.TOPIC, Place.WILL, Place.PUBLISH),
    CORRELATION_DATA(0x09, Kind.BYTES, Place.WILL, Place.PUBLISH),
    SUBSCRIPTION_IDENTIFIER(0x0B, Kind.COUNT, Place.SUBSCRIBE),
    SESSION_EXPIRY(0x11, Kind.U32, Place.CONNECT, Place.DISCONNECT),
    SERVER_KEEP_ALIVE(0x13, Kind.U16),
    AUTHENTICATION_METHOD(0x15, Kind.TEXT, Place.CONNECT, Place.AUTH),
    AUTHENTICATION_DATA(0x16, Kind.BYTES, Place.CONNECT, Place.AUTH),
    REQUEST_PROBLEM_INFORMATION(0x17, Kind.FLAG, Place.CONNECT),
    WILL_DELAY(0x18, Kind.U32, Place.WILL),
    REQUEST_RESPONSE_INFORMATION(0x19, Kind.FLAG, Place.CONNECT),
    REASON_STRING(0x1F, Kind.TEXT, Place.PUBACK, Place.DISCONNECT, Place.AUTH),
    RECEIVE_MAXIMUM(0x21, Kind.U16, Place.CONNECT),
    TOPIC_ALIAS_MAXIMUM(0x22, Kind.U16, Place.CONNECT),
    TOPIC_ALIAS(0x23, Kind.U16, Place.PUBLISH),
    MAXIMUM_QOS(0x24, Kind.FLAG),
    RETAIN_AVAILABLE(0x25, Kind.FLAG),
    USER_PROPERTY(
            0x26,
            Kind.PAIR,
            Place.CONNECT,
            Place.WILL,
            Place.PUBLISH,
            Place.PUBACK,
            Place.SUBSCRIBE,
            Place.UNSUBSCRIBE,
            Place.DISCONNECT,
            Place.AUTH),
    MAXIMUM_PACKET_SIZE(0x27, Kind.U32, Place.CONNECT),
    SUBSCRIPTION_IDENTIFIERS_AVAILABLE(0x29, Kind.FLAG),
    SHARED_SUBSCRIPTIONS_AVAILABLE(0x2A, Kind.FLAG);

    /** Where a client's property stands. */
    enum Place {
        CONNECT(1),
        WILL(2),
        PUBLISH(4),
        PUBACK(8),
        SUBSCRIBE(16),
        UNSUBSCRIBE(32),
        DISCONNECT(64),
        AUTH(128);

        private final int bit;

        Place(int bit) {
            this.bit = bit;
        }
    }

    private enum Kind {
        FLAG,
        U16,
        U32,
        COUNT,
        TEXT,
        TOPIC,
        BYTES,
        PAIR
    }

    /** The value of user properties that mean nothing here. */
    private static final long OTHER_PAIR = 1;

    /** The value of the user property {@code durable} that says false. */
    static final long NOT_DURABLE = 2;

    /** The same where it says true; where both are there, this counts. */
    static final long DURABLE = 3;

    /** All codes are below this. */
    private static final int CODES = 0x2B;

    private static final @Nullable Property[] BY_CODE = new Property[CODES];

    static {
        for (Property property : values()) {
            BY_CODE[property.code] = property;
        }
    }

    private final int code;
    private final Kind kind;
    private final int places;

    Property(int code, Kind kind, Place... places) {
        this.code = code;
        this.kind = kind;
        int bits = 0;
        for (Place place : places) {
            bits |= place.bit;
        }
        this.places = bits;
    }

    /** The identifier, which is one byte for all of them. */
    int code() {
        return code;
    }

    /**
     * Reads the properties that stand in a client's packet. Numbers are in the answer; of texts and
     * bytes, which are checked, only that they are there; of user properties what {@code durable}
     * says.
     */
    static Map<Property, Long> read(ByteBuf in, Place place) {
        int length = PacketBytes.count(in, "property length");
        if (length == 0) {
            return Map.of();
        }
        ByteBuf own = PacketBytes.slice(in, length, "properties");
        Map<Property, Long> properties = new EnumMap<>(Property.class);
        while (own.isReadable()) {
            int code = PacketBytes.count(own, "property");
            Property property = code < CODES ? BY_CODE[code] : null;
            if (property == null || (property.places & place.bit) == 0) {
                throw PacketException.malformed(
                        "property 0x" + Integer.toHexString(code) + " in " + place);
            }
            long value = property.value(own);
            if (property == USER_PROPERTY) {
                properties.merge(property, value, Math::max);
            } else if (properties.put(property, value) != null) {
                throw PacketException.protocolError(property + " stands twice");
            }
        }
        return properties;
    }

    private long value(ByteBuf in) {
        return switch (kind) {
            case FLAG -> {
                int value = PacketBytes.u8(in, name());
                if (value > 1) {
                    throw PacketException.protocolError(this + " is 0 or 1");
                }
                yield value;
            }
            case U16 -> positive(PacketBytes.u16(in, name()));
            case U32 -> positive(PacketBytes.u32(in, name()));
            case COUNT -> positive(PacketBytes.count(in, name()));
            case TEXT -> {
                PacketBytes.text(in, name());
                yield 1;
            }
            case TOPIC -> {
                PacketBytes.checkTopicName(PacketBytes.text(in, name()), name());
                yield 1;
            }
            case BYTES -> {
                PacketBytes.skipBytes(in, name());
                yield 1;
            }
            case PAIR -> pair(PacketBytes.text(in, name()), PacketBytes.text(in, name()));
        };
    }

    private static long pair(String name, String value) {
        if (!name.equals("durable")) {
            return OTHER_PAIR;
        }
        return switch (value) {
            case "true" -> DURABLE;
            case "false" -> NOT_DURABLE;
            default -> OTHER_PAIR;
        };
    }

    private long positive(long value) {
        boolean zeroForbidden =
                this == RECEIVE_MAXIMUM
                        || this == MAXIMUM_PACKET_SIZE
                        || this == SUBSCRIPTION_IDENTIFIER
                        || this == TOPIC_ALIAS;
        if (value == 0 && zeroForbidden) {
            throw PacketException.protocolError(this + " is not 0");
        }
        return value;
    }
}
