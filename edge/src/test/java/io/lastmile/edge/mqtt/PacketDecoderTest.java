package io.lastmile.edge.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.lastmile.edge.auth.Password;
import io.lastmile.edge.session.ClientPacket;
import io.lastmile.edge.session.ClientPacket.Connect;
import io.lastmile.edge.session.ClientPacket.ConnectOfOtherVersion;
import io.lastmile.edge.session.ClientPacket.Disconnect;
import io.lastmile.edge.session.ClientPacket.Filter;
import io.lastmile.edge.session.ClientPacket.Limits;
import io.lastmile.edge.session.ClientPacket.Puback;
import io.lastmile.edge.session.ClientPacket.Publish;
import io.lastmile.edge.session.ClientPacket.Subscribe;
import io.lastmile.edge.session.ClientPacket.Unsubscribe;
import io.lastmile.edge.session.ClientPacket.Will;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringProperty;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperty;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketDecoderTest {
    private static final int MAX = 4_096;
    private final OtherCodec v3 = new OtherCodec(MqttVersion.MQTT_3_1_1);
    private final OtherCodec v5 = new OtherCodec(MqttVersion.MQTT_5);

    private static ClientPacket decode(ByteBuf bytes, int level) {
        for (int length = 0; length < bytes.readableBytes(); length++) {
            ByteBuf part = bytes.slice(0, length);
            assertNull(PacketDecoder.decode(part, level, MAX), "whole after " + length + " bytes");
            assertEquals(0, part.readerIndex(), "an incomplete packet is left as it is");
        }
        ByteBuf twice = Unpooled.copiedBuffer(bytes, bytes);
        ClientPacket packet = PacketDecoder.decode(twice, level, MAX);
        assertEquals(bytes.readableBytes(), twice.readerIndex());
        assertEquals(packet, PacketDecoder.decode(twice, level, MAX));
        assertNotNull(packet);
        return packet;
    }

    private static MqttProperties properties(MqttProperties.MqttProperty<?>... all) {
        MqttProperties properties = new MqttProperties();
        for (var property : all) {
            properties.add(property);
        }
        return properties;
    }

    @Test
    void connectOfVersion3() {
        ByteBuf bytes =
                v3.encode(
                        MqttMessageBuilders.connect()
                                .protocolVersion(MqttVersion.MQTT_3_1_1)
                                .clientId("phone-1")
                                .keepAlive(30)
                                .cleanSession(false)
                                .username("u")
                                .password("p".getBytes(StandardCharsets.UTF_8))
                                .willFlag(true)
                                .willQoS(MqttQoS.EXACTLY_ONCE)
                                .willRetain(true)
                                .willTopic("gone")
                                .willMessage("bye".getBytes(StandardCharsets.UTF_8))
                                .build());
        assertEquals(
                new Connect(
                        4,
                        "phone-1",
                        30,
                        new Limits(65_535, 0),
                        false,
                        new Will(2, true),
                        new NameAndPassword(
                                "u", new Password("p".getBytes(StandardCharsets.UTF_8)))),
                decode(bytes, DeviceHeart.LEVEL_UNKNOWN));
    }

    @Test
    void connectOfVersion5() {
        MqttProperties own =
                properties(
                        new IntegerProperty(0x21, 7),
                        new IntegerProperty(0x27, 1_000),
                        new IntegerProperty(0x11, 3_600),
                        new IntegerProperty(0x17, 0),
                        new UserProperty("a", "b"),
                        new UserProperty("a", "c"),
                        new StringProperty(0x15, "SCRAM"));
        MqttProperties will =
                properties(
                        new IntegerProperty(0x18, 5),
                        new StringProperty(0x03, "text/plain"),
                        new UserProperty("k", "v"));
        ByteBuf bytes =
                v5.encode(
                        MqttMessageBuilders.connect()
                                .protocolVersion(MqttVersion.MQTT_5)
                                .clientId("")
                                .keepAlive(65_535)
                                .properties(own)
                                .willFlag(true)
                                .willQoS(MqttQoS.AT_LEAST_ONCE)
                                .willTopic("gone")
                                .willMessage(new byte[0])
                                .willProperties(will)
                                .password("no name before it".getBytes(StandardCharsets.UTF_8))
                                .hasPassword(true)
                                .build());
        assertEquals(
                new Connect(
                        5,
                        "",
                        65_535,
                        new Limits(7, 1_000),
                        true,
                        new Will(1, false),
                        new NameAndPassword(
                                null,
                                new Password(
                                        "no name before it".getBytes(StandardCharsets.UTF_8)))),
                decode(bytes, DeviceHeart.LEVEL_UNKNOWN));
    }

    @Test
    void connectOfVersion31IsOfAnother() {
        ByteBuf bytes =
                v3.encode(
                        MqttMessageBuilders.connect()
                                .protocolVersion(MqttVersion.MQTT_3_1)
                                .clientId("x")
                                .build());
        assertEquals(
                new ConnectOfOtherVersion("MQIsdp", 3), decode(bytes, DeviceHeart.LEVEL_UNKNOWN));
    }

    @Test
    void subscribeAndUnsubscribe() {
        var subscribe =
                MqttMessageBuilders.subscribe()
                        .messageId(9)
                        .addSubscription(MqttQoS.AT_MOST_ONCE, "inbox")
                        .addSubscription(MqttQoS.EXACTLY_ONCE, "inbox/+")
                        .build();
        List<Filter> filters = List.of(new Filter("inbox", 0), new Filter("inbox/+", 2));
        assertEquals(new Subscribe(9, false, filters), decode(v3.encode(subscribe), 4));
        assertEquals(new Subscribe(9, false, filters), decode(v5.encode(subscribe), 5));
        var identified =
                MqttMessageBuilders.subscribe()
                        .messageId(65_535)
                        .addSubscription(MqttQoS.AT_MOST_ONCE, "inbox")
                        .properties(properties(new IntegerProperty(0x0B, 200)))
                        .build();
        assertEquals(
                new Subscribe(65_535, true, List.of(new Filter("inbox", 0))),
                decode(v5.encode(identified), 5));
        for (String said : List.of("true", "false", "maybe")) {
            MqttProperties own =
                    properties(
                            new MqttProperties.UserProperties(
                                    List.of(
                                            new MqttProperties.StringPair("durable", said),
                                            new MqttProperties.StringPair("colour", "true"))));
            Boolean lasts = said.equals("maybe") ? null : Boolean.valueOf(said);
            var lasting =
                    MqttMessageBuilders.subscribe()
                            .messageId(3)
                            .addSubscription(MqttQoS.AT_MOST_ONCE, "channels/news")
                            .properties(own)
                            .build();
            assertEquals(
                    new Subscribe(3, false, lasts, List.of(new Filter("channels/news", 0))),
                    decode(v5.encode(lasting), 5));
            var left =
                    MqttMessageBuilders.unsubscribe()
                            .messageId(4)
                            .addTopicFilter("channels/news")
                            .properties(own)
                            .build();
            assertEquals(
                    new Unsubscribe(4, lasts, List.of("channels/news")),
                    decode(v5.encode(left), 5));
        }
        var unsubscribe =
                MqttMessageBuilders.unsubscribe()
                        .messageId(2)
                        .addTopicFilter("inbox")
                        .addTopicFilter("ü/#")
                        .build();
        assertEquals(
                new Unsubscribe(2, List.of("inbox", "ü/#")), decode(v3.encode(unsubscribe), 4));
        assertEquals(
                new Unsubscribe(2, List.of("inbox", "ü/#")), decode(v5.encode(unsubscribe), 5));
    }

    @Test
    void puback() {
        MqttFixedHeader head =
                new MqttFixedHeader(MqttMessageType.PUBACK, false, MqttQoS.AT_MOST_ONCE, false, 0);
        var plain = new MqttMessage(head, MqttMessageIdVariableHeader.from(513));
        assertEquals(new Puback(513, 0), decode(v3.encode(plain), 4));
        assertEquals(new Puback(513, 0), decode(v5.encode(plain), 5));
        var refusal =
                new MqttMessage(
                        head,
                        new MqttPubReplyMessageVariableHeader(
                                7, (byte) 0x87, properties(new StringProperty(0x1F, "no"))));
        assertEquals(new Puback(7, 0x87), decode(v5.encode(refusal), 5));
    }

    @Test
    void pingDisconnectAndPublish() {
        assertEquals(ClientPacket.PING_REQUEST, decode(v3.encode(MqttMessage.PINGREQ), 4));
        assertEquals(new Disconnect(0), decode(v3.encode(MqttMessage.DISCONNECT), 4));
        var head =
                new MqttFixedHeader(
                        MqttMessageType.DISCONNECT, false, MqttQoS.AT_MOST_ONCE, false, 0);
        var withWill =
                new MqttMessage(
                        head,
                        new MqttReasonCodeAndPropertiesVariableHeader(
                                (byte) 4, properties(new IntegerProperty(0x11, 1))));
        assertEquals(new Disconnect(4), decode(v5.encode(withWill), 5));
        var publish =
                MqttMessageBuilders.publish()
                        .topicName("a/b")
                        .qos(MqttQoS.AT_LEAST_ONCE)
                        .messageId(1)
                        .payload(Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8));
        assertEquals(new Publish(1, 1), decode(v3.encode(publish.build()), 4));
        publish.payload(Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8))
                .properties(properties(new IntegerProperty(0x02, 10)));
        assertEquals(new Publish(1, 1), decode(v5.encode(publish.build()), 5));
    }

    /** Hex of the bytes, level, reason. */
    @ParameterizedTest
    @CsvSource({
        "c000, 0, PROTOCOL_ERROR", // PINGREQ before CONNECT
        "47, 0, PROTOCOL_ERROR", // 'G' of an HTTP GET, at its first byte
        "16030100, 0, MALFORMED_PACKET", // a TLS client's first bytes
        "c1, 4, MALFORMED_PACKET", // flags of PINGREQ
        "8000, 4, MALFORMED_PACKET", // flags of SUBSCRIBE
        "f000, 4, MALFORMED_PACKET", // AUTH in 3.1.1
        "00, 5, MALFORMED_PACKET", // type 0
        "20020000, 5, MALFORMED_PACKET", // CONNACK from a client
        "c0ffffffff01, 4, MALFORMED_PACKET", // remaining length of five bytes
        "c00100, 4, MALFORMED_PACKET", // bytes too many
        "30ffff01, 4, PACKET_TOO_LARGE", // 32,767 bytes announced
        "50020001, 4, PROTOCOL_ERROR", // PUBREC
        "40020000, 4, PROTOCOL_ERROR", // packet identifier 0
        "400101, 4, MALFORMED_PACKET", // ends within the packet identifier
        "82020001, 4, PROTOCOL_ERROR", // SUBSCRIBE to nothing
        "8206000100016103, 4, MALFORMED_PACKET", // QoS 3
        "8206000100016104, 4, MALFORMED_PACKET", // options of MQTT 5 in 3.1.1
        "82050001000161, 4, MALFORMED_PACKET", // bytes end before the filter's options
        "8205000100ff61, 4, MALFORMED_PACKET", // filter longer than the packet
        "820600010001ff00, 4, MALFORMED_PACKET", // not UTF-8
        "8206000100010000, 4, MALFORMED_PACKET", // U+0000
        "8207000100000161ff, 5, MALFORMED_PACKET", // reserved subscription options
        "36050001610001, 4, MALFORMED_PACKET", // PUBLISH at QoS 3
        "a2020001, 4, PROTOCOL_ERROR", // UNSUBSCRIBE from nothing
        "100f00044d5154540501001e0000000000, 0, MALFORMED_PACKET", // reserved connect flag
        "101000044d5154540500001e05210000010000, 0, PROTOCOL_ERROR", // receive maximum 0
        "101300044d5154540500001e0621000121000100 00, 0, PROTOCOL_ERROR", // stands twice
        "100f00044d5154540508001e0000000000, 0, MALFORMED_PACKET", // QoS of no will
        "100f00044d5154540520001e0000000000, 0, MALFORMED_PACKET", // retain of no will
        "100f00044d515454051c001e0000000000, 0, MALFORMED_PACKET", // a will at QoS 3
        "100e00044d5154540440001e00000000, 0, MALFORMED_PACKET", // 3.1.1: password of nobody
        "a000, 4, MALFORMED_PACKET", // flags of UNSUBSCRIBE
        "e100, 4, MALFORMED_PACKET", // flags of DISCONNECT
        "82050001000001, 4, MALFORMED_PACKET", // an empty topic filter
        "820800010003eda08000, 4, MALFORMED_PACKET", // half of a surrogate pair
        "821100010000 0b 2473686172652f672f696e 05, 5, PROTOCOL_ERROR", // No Local, shared
        "101000044d5154540500001e03240100 0000, 0, MALFORMED_PACKET", // a server's property
        "c08000, 4, MALFORMED_PACKET", // a remaining length in two bytes that one would do for
        "c0808000, 5, MALFORMED_PACKET", // in three
        "820a000180000005696e626f7801, 5, MALFORMED_PACKET", // a length of properties in two
        "101400044d5154540406001e000178 0003612f23 0000, 0, MALFORMED_PACKET", // will topic a/#
        "101200044d5154540406001e000178 00012b 0000, 0, MALFORMED_PACKET", // will topic +
        "101100044d5154540406001e000178 0000 0000, 0, MALFORMED_PACKET", // an empty will topic
        "3005 0003 612f2b, 4, MALFORMED_PACKET", // PUBLISH to a/+
        "3002 0000, 4, MALFORMED_PACKET", // PUBLISH to nothing
        "3003 0000 00, 5, PROTOCOL_ERROR", // PUBLISH to nothing, without an alias
        "3006 0000 03230001, 5, TOPIC_ALIAS_INVALID", // a topic alias: none is announced
        "3006 000161 020b01, 5, MALFORMED_PACKET", // a subscription identifier from a client
        "3009 000161 05080002612b, 5, MALFORMED_PACKET", // a response topic with a wildcard
    })
    void whatIsRefused(String hex, int level, ReasonCode reason) {
        ByteBuf bytes = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
        PacketException e =
                assertThrows(PacketException.class, () -> PacketDecoder.decode(bytes, level, MAX));
        assertEquals(reason, e.reason(), e.text());
    }

    @Test
    void theLongestPacketIsTakenAndNotOneByteMore() {
        ByteBuf bytes =
                v3.encode(
                        MqttMessageBuilders.publish()
                                .topicName("t")
                                .qos(MqttQoS.AT_MOST_ONCE)
                                .payload(Unpooled.wrappedBuffer(new byte[MAX - 6]))
                                .build());
        assertEquals(MAX, bytes.readableBytes());
        assertInstanceOf(Publish.class, PacketDecoder.decode(bytes.slice(), 4, MAX));
        PacketException e =
                assertThrows(
                        PacketException.class,
                        () -> PacketDecoder.decode(bytes.slice(), 4, MAX - 1));
        assertEquals(ReasonCode.PACKET_TOO_LARGE, e.reason());
    }

    @Test
    void hostileBytesEndInAPacketOrARefusal() {
        List<ByteBuf> seeds = new ArrayList<>();
        for (OtherCodec codec : List.of(v3, v5)) {
            MqttVersion version = codec == v3 ? MqttVersion.MQTT_3_1_1 : MqttVersion.MQTT_5;
            seeds.add(
                    codec.encode(
                            MqttMessageBuilders.connect()
                                    .protocolVersion(version)
                                    .clientId("phone-1")
                                    .username("u")
                                    .willFlag(true)
                                    .willTopic("t")
                                    .willMessage(new byte[3])
                                    .build()));
            seeds.add(
                    codec.encode(
                            MqttMessageBuilders.subscribe()
                                    .messageId(1)
                                    .addSubscription(MqttQoS.AT_LEAST_ONCE, "inbox/#")
                                    .build()));
        }
        for (int seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ByteBuf bytes = hostile(seeds.get(random.nextInt(seeds.size())), random);
            int level = new int[] {0, 4, 5}[random.nextInt(3)];
            int start = bytes.readableBytes();
            try {
                ClientPacket packet = PacketDecoder.decode(bytes, level, MAX);
                assertTrue(
                        packet == null ? bytes.readableBytes() == start : bytes.readerIndex() >= 2,
                        "seed " + seed);
            } catch (PacketException e) {
                assertNotNull(e.reason(), "seed " + seed);
            } catch (RuntimeException e) {
                fail("seed " + seed + " level " + level, e);
            }
        }
    }

    private static ByteBuf hostile(ByteBuf valid, SplittableRandom random) {
        if (random.nextInt(4) == 0) {
            byte[] noise = new byte[random.nextInt(64)];
            random.nextBytes(noise);
            return Unpooled.wrappedBuffer(noise);
        }
        byte[] bytes = ByteBufUtil.getBytes(valid);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return Unpooled.wrappedBuffer(bytes);
    }
}
