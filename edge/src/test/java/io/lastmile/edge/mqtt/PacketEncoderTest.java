package io.lastmile.edge.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.session.Broadcast;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.Given;
import io.lastmile.edge.session.ReasonCode;
import io.lastmile.wire.Audience;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.hop.HopFrame.Copies;
import io.lastmile.wire.record.BroadcastRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.StringPair;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketEncoderTest {
    private static final ByteBufAllocator BUFFERS = UnpooledByteBufAllocator.DEFAULT;
    private static final MessageId ID = new MessageId(3, 1042);
    private final OtherCodec v3 = new OtherCodec(MqttVersion.MQTT_3_1_1);
    private final OtherCodec v5 = new OtherCodec(MqttVersion.MQTT_5);

    private static Message message(List<Header> attributes) {
        return new Message(
                new DeviceId("phone-1"),
                Payload.ofText("grüße"),
                "text/plain; charset=utf-8",
                Message.ABSENT,
                null,
                Urgency.NORMAL,
                null,
                Message.ABSENT,
                null,
                null,
                Message.ABSENT,
                new MessageId(3, 17),
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                attributes);
    }

    private static @Nullable Object property(MqttProperties properties, int code) {
        var property = properties.getProperty(code);
        return property == null ? null : property.value();
    }

    @Test
    void connackOfVersion3() {
        var yes = (MqttConnAckMessage) v3.decodeOne(PacketEncoder.connackV3(BUFFERS, 0));
        assertEquals(0, yes.variableHeader().connectReturnCode().byteValue());
        assertFalse(yes.variableHeader().isSessionPresent());
        var no = (MqttConnAckMessage) v3.decodeOne(PacketEncoder.connackV3(BUFFERS, 2));
        assertEquals(2, no.variableHeader().connectReturnCode().byteValue());
    }

    @Test
    void connackOfVersion5SaysWhatIsNotToBeHad() {
        MqttConnAckVariableHeader yes =
                ((MqttConnAckMessage) v5.decodeOne(PacketEncoder.connackV5(BUFFERS, 65_536, 1_200)))
                        .variableHeader();
        assertFalse(yes.isSessionPresent());
        assertEquals(0, yes.connectReturnCode().byteValue());
        assertEquals(1, property(yes.properties(), 0x24), "maximum QoS");
        assertEquals(0, property(yes.properties(), 0x25), "retain available");
        assertEquals(0, property(yes.properties(), 0x29), "subscription identifiers available");
        assertEquals(0, property(yes.properties(), 0x2A), "shared subscriptions available");
        assertEquals(0, property(yes.properties(), 0x11), "session expiry");
        assertEquals(65_536, property(yes.properties(), 0x27), "maximum packet size");
        assertEquals(1_200, property(yes.properties(), 0x13), "server keep alive");
        assertNull(property(yes.properties(), 0x1A), "response information");
        ByteBuf longest = PacketEncoder.connackV5(BUFFERS, 65_536, 1_200);
        assertEquals(DeviceHeart.CONNACK_BYTES_MAX, longest.readableBytes());
        assertEquals(0, longest.getByte(2), "flags");
        longest.release();
        var without =
                (MqttConnAckMessage) v5.decodeOne(PacketEncoder.connackV5(BUFFERS, 65_536, -1));
        assertNull(property(without.variableHeader().properties(), 0x13));
    }

    @Test
    void connackOfVersion5SaysWhyNot() {
        String longText = "x".repeat(300); // its length takes two bytes
        MqttConnAckVariableHeader no =
                ((MqttConnAckMessage)
                                v5.decodeOne(
                                        PacketEncoder.connackV5(
                                                BUFFERS,
                                                ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                                                longText,
                                                0)))
                        .variableHeader();
        assertFalse(no.isSessionPresent());
        assertEquals((byte) 0x85, no.connectReturnCode().byteValue());
        assertEquals(longText, property(no.properties(), 0x1F));
    }

    @Test
    void subackAndUnsuback() {
        int[] codes = {1, 0, 0x80};
        var suback3 =
                (MqttSubAckMessage) v3.decodeOne(PacketEncoder.suback(BUFFERS, 4, 700, codes));
        assertEquals(700, suback3.variableHeader().messageId());
        assertEquals(List.of(1, 0, 0x80), suback3.payload().reasonCodes());
        int[] codes5 = {1, 0x8F, 0xA2};
        var suback5 =
                (MqttSubAckMessage) v5.decodeOne(PacketEncoder.suback(BUFFERS, 5, 700, codes5));
        assertEquals(List.of(1, 0x8F, 0xA2), suback5.payload().reasonCodes());
        assertTrue(
                suback5.idAndPropertiesVariableHeader().properties().isEmpty(), "no reason string");
        var unsuback3 =
                (MqttUnsubAckMessage) v3.decodeOne(PacketEncoder.unsuback(BUFFERS, 4, 8, codes));
        assertEquals(8, unsuback3.variableHeader().messageId());
        var unsuback5 =
                (MqttUnsubAckMessage)
                        v5.decodeOne(PacketEncoder.unsuback(BUFFERS, 5, 8, new int[] {0, 0x11}));
        assertEquals(
                List.of((short) 0, (short) 0x11), unsuback5.payload().unsubscribeReasonCodes());
    }

    @Test
    void pingrespAndDisconnect() {
        assertEquals(
                MqttMessageType.PINGRESP,
                v3.decodeOne(PacketEncoder.pingresp(BUFFERS)).fixedHeader().messageType());
        MqttMessage disconnect =
                v5.decodeOne(
                        PacketEncoder.disconnect(
                                BUFFERS, ReasonCode.SESSION_TAKEN_OVER, "taken-over", 0));
        var header = (MqttReasonCodeAndPropertiesVariableHeader) disconnect.variableHeader();
        assertEquals((byte) 0x8E, header.reasonCode());
        assertEquals("taken-over", property(header.properties(), 0x1F));
        assertNull(property(header.properties(), 0x11), "session expiry");
    }

    @Test
    void publishOfVersion3() {
        ByteBuf bytes = publish(4, "inbox", 9, message(List.of()), 0);
        assertNotNull(bytes);
        var publish = (MqttPublishMessage) v3.decodeOne(bytes);
        assertEquals("inbox", publish.variableHeader().topicName());
        assertEquals(9, publish.variableHeader().packetId());
        assertEquals(MqttQoS.AT_LEAST_ONCE, publish.fixedHeader().qosLevel());
        assertFalse(publish.fixedHeader().isDup());
        assertFalse(publish.fixedHeader().isRetain());
        assertEquals("grüße", publish.payload().toString(StandardCharsets.UTF_8));
    }

    @Test
    void atQos0ThereIsNoPacketIdentifier() {
        ByteBuf bytes = publish(4, "inbox", 0, message(List.of()), 0);
        assertNotNull(bytes);
        byte[] payload = "grüße".getBytes(StandardCharsets.UTF_8);
        assertEquals(2 + 2 + "inbox".length() + payload.length, bytes.readableBytes());
        var publish = (MqttPublishMessage) v3.decodeOne(bytes);
        assertEquals(MqttQoS.AT_MOST_ONCE, publish.fixedHeader().qosLevel());
        assertFalse(publish.fixedHeader().isDup());
    }

    @ParameterizedTest
    @CsvSource({"127, 1", "128, 2", "16383, 2", "16384, 3", "2097151, 3", "2097152, 4"})
    void lengthsTakeAsFewBytesAsTheyCan(int length, int bytes) {
        ByteBuf out = Unpooled.buffer();
        PacketBytes.writeCount(out, length);
        assertEquals(bytes, out.readableBytes());
        assertEquals(bytes, PacketBytes.countBytes(length));
        assertEquals(length, PacketBytes.count(out, "length"));
    }

    @Test
    void publishOfVersion5TellsTheAttributes() {
        Message message =
                message(
                        List.of(
                                new Header("colour", "blau"),
                                new Header("ungültig", "a\0b"),
                                new Header("größe", "ü".repeat(200))));
        ByteBuf bytes = publish(5, "inbox/3-1042", 0, message, 0);
        assertNotNull(bytes);
        var publish = (MqttPublishMessage) v5.decodeOne(bytes);
        MqttProperties properties = publish.variableHeader().properties();
        assertEquals(MqttQoS.AT_MOST_ONCE, publish.fixedHeader().qosLevel());
        assertEquals("text/plain; charset=utf-8", property(properties, 0x03));
        assertNull(property(properties, 0x23), "topic alias");
        assertEquals(61, property(properties, 0x02), "seconds that are left, rounded down");
        assertEquals(
                List.of(
                        new StringPair("message-id", "3-1042"),
                        new StringPair("replay-of", "3-17"),
                        new StringPair(
                                "traceparent",
                                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                        new StringPair("colour", "blau"),
                        new StringPair("größe", "ü".repeat(200))),
                Objects.requireNonNull(properties.getProperties(0x26)).stream()
                        .map(property -> property.value())
                        .toList(),
                "what MQTT cannot carry is left out");
        assertEquals("grüße", publish.payload().toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\t", "\u007f", "\u0085", "\ufffe", "\ufdd0", "\ud83d"})
    void whatADeviceMayCloseItsConnectionOnIsLeftOut(String character) {
        Message message =
                new Message(
                        new DeviceId("phone-1"),
                        Payload.ofText("x"),
                        "text/plain; x=" + character,
                        Message.ABSENT,
                        null,
                        Urgency.NORMAL,
                        null,
                        Message.ABSENT,
                        null,
                        null,
                        Message.ABSENT,
                        null,
                        "00" + character,
                        List.of(
                                new Header("title", "line 1" + character + "line 2"),
                                new Header("t" + character, "x"),
                                new Header("colour", "blau")));
        ByteBuf bytes = publish(5, "inbox", 1, message, 0);
        assertNotNull(bytes);
        var publish = (MqttPublishMessage) v5.decodeOne(bytes);
        MqttProperties properties = publish.variableHeader().properties();
        assertNull(property(properties, 0x03), "content type");
        assertEquals(
                List.of(new StringPair("message-id", "3-1042"), new StringPair("colour", "blau")),
                Objects.requireNonNull(properties.getProperties(0x26)).stream()
                        .map(property -> property.value())
                        .toList());
    }

    @Test
    void publishIsNeverLongerThanTheDeviceTakes() {
        for (int level : new int[] {4, 5}) {
            ByteBuf any = publish(level, "inbox", 1, message(List.of()), 0);
            assertNotNull(any);
            int bytes = any.readableBytes();
            assertNotNull(publish(level, "inbox", 1, message(List.of()), bytes));
            assertNull(publish(level, "inbox", 1, message(List.of()), bytes - 1));
        }
    }

    private static ByteBuf copy(Broadcast broadcast, int level, int packetId, long expiresInMs) {
        Given.Copy copy = new Given.Copy(broadcast, expiresInMs);
        ByteBuf packet =
                SharedPublish.of(copy, level, Given.FIRST_CHANNEL, packetId > 0)
                        .packet(BUFFERS, packetId, expiresInMs, 0);
        assertNotNull(packet);
        ByteBuf onHeap = Unpooled.copiedBuffer(packet);
        packet.release();
        return onHeap;
    }

    /** Encoded once or for each alone, short or long: the same bytes. */
    @ParameterizedTest
    @CsvSource({"4, 0", "4, 7", "5, 0", "5, 7"})
    void copiesOfABroadcastDifferInWhatIsTheirs(int level, int packetId) {
        for (String payload : List.of("", "short", "x".repeat(20_000))) {
            Message message = Message.plain(BroadcastRecord.ADDRESSEE, Payload.ofText(payload));
            Broadcast broadcast =
                    new Broadcast(
                            new Copies(
                                    3,
                                    1,
                                    17,
                                    ID,
                                    61_999,
                                    Audience.parse("news & !beta"),
                                    message,
                                    List.of()));
            for (int each = 0; each < 2; each++) {
                int own = packetId == 0 ? 0 : packetId + 256 * each;
                long expiresInMs = 61_999 - 10_000L * each;
                ByteBuf alone =
                        PacketEncoder.publish(
                                BUFFERS,
                                level,
                                "channels/news",
                                own,
                                new PacketEncoder.Content(ID, expiresInMs, message, "news & !beta"),
                                0);
                assertNotNull(alone);
                assertEquals(alone, copy(broadcast, level, own, expiresInMs));
                alone.release();
            }
            var made = SharedPublish.of(new Given.Copy(broadcast, 1), level, 2, packetId > 0);
            assertSame(
                    made,
                    SharedPublish.of(new Given.Copy(broadcast, 2), level, 2, packetId > 0),
                    "encoded once");
            assertNull(made.packet(BUFFERS, packetId, 1, 10 + payload.length()), "too long");
        }
    }

    @Test
    void aCopyTellsItsChannel() {
        Broadcast broadcast =
                new Broadcast(
                        new Copies(
                                3,
                                1,
                                17,
                                ID,
                                61_999,
                                Audience.parse("news & !beta"),
                                message(List.of(new Header("colour", "blau"))),
                                List.of()));
        var publish = (MqttPublishMessage) v5.decodeOne(copy(broadcast, 5, 9, 5_000));
        assertEquals("channels/news", publish.variableHeader().topicName());
        assertEquals(9, publish.variableHeader().packetId());
        assertEquals(5, property(publish.variableHeader().properties(), 0x02), "expiry");
        List<String> own =
                publish.variableHeader().properties().getProperties(0x26).stream()
                        .map(pair -> (MqttProperties.StringPair) pair.value())
                        .map(pair -> pair.key + "=" + pair.value)
                        .toList();
        assertTrue(own.contains("channel=news & !beta"), own.toString());
        assertTrue(own.contains("message-id=" + ID), own.toString());
        assertTrue(own.contains("colour=blau"), own.toString());
    }

    private static @Nullable ByteBuf publish(
            int level, String topic, int packetId, Message message, long bytesMax) {
        ByteBuf publish =
                PacketEncoder.publish(
                        BUFFERS,
                        level,
                        topic,
                        packetId,
                        new PacketEncoder.Content(ID, 61_999, message, null),
                        bytesMax);
        if (publish == null) {
            return null;
        }
        ByteBuf copy = Unpooled.copiedBuffer(publish); // on the heap, where nobody has to release
        publish.release();
        return copy;
    }
}
