package io.lastmile.edge.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.mqtt.MqttWorld.Device;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.Session;
import io.lastmile.wire.EndReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the specifications ask for and nobody would miss: docs/mqtt.md says which statement. */
class SpecificationTest {
    private static final byte[] PINGREQ = {(byte) 0xC0, 0};
    private final MqttWorld world = new MqttWorld();
    private final Device phone = world.device(MqttVersion.MQTT_5);

    private static MqttProperties property(int code, int value) {
        MqttProperties properties = new MqttProperties();
        properties.add(new IntegerProperty(code, value));
        return properties;
    }

    private static MqttProperties packetBytesMax(int bytes) {
        return property(0x27, bytes);
    }

    @Test
    void everyClientIdentifierOfTheSpecificationIsTaken() {
        for (String id :
                List.of(
                        "0123456789abcdefghijklm",
                        "nopqrstuvwxyzABCDEFGHIJ",
                        "KLMNOPQRSTUVWXYZ",
                        "0")) {
            for (MqttVersion version : List.of(MqttVersion.MQTT_3_1_1, MqttVersion.MQTT_5)) {
                Device device = world.device(version);
                assertEquals(0, device.connectedWith(device.connect(id)), id);
                device.closedByDevice();
            }
        }
    }

    @Test
    void nothingBehindARefusedConnectIsLookedAt() {
        byte[] refused = {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0, 0, 0};
        byte[] subscribe = {(byte) 0x82, 11, 0, 1, 0, 0, 5, 'i', 'n', 'b', 'o', 'x', 1};
        phone.received(Unpooled.wrappedBuffer(refused, subscribe, PINGREQ));
        assertEquals(MqttMessageType.CONNACK, phone.takeOne().fixedHeader().messageType());
        assertTrue(phone.connection.closed);
        assertEquals(List.of(), world.events.events());
    }

    @Test
    void noPacketIsLongerThanTheDeviceTakes() {
        int bytesMax = DeviceHeart.CONNACK_BYTES_MAX;
        assertEquals(
                0, phone.connectedWith(phone.connect("a").properties(packetBytesMax(bytesMax))));
        String filter = "inbox";
        var many = MqttMessageBuilders.subscribe().messageId(1);
        for (int i = 0; i < bytesMax; i++) {
            many.addSubscription(MqttQoS.AT_LEAST_ONCE, filter);
        }
        phone.send(many.build());
        phone.confirm();
        assertEquals(List.of(), phone.take(), "a SUBACK that counts as sent");
        phone.received(Unpooled.wrappedBuffer(new byte[] {(byte) 0xC5, 0}));
        ByteBuf disconnect = phone.connection.takeSent();
        assertEquals(4, disconnect.readableBytes(), "without the reason in words");

        Device refused = world.device(MqttVersion.MQTT_5);
        refused.send(refused.connect("").properties(packetBytesMax(bytesMax)).build());
        assertEquals(5, refused.connection.takeSent().readableBytes());
        Device tiny = world.device(MqttVersion.MQTT_5);
        assertEquals(
                0x83,
                tiny.connectedWith(tiny.connect("b").properties(packetBytesMax(bytesMax - 1))));
        Device none = world.device(MqttVersion.MQTT_5);
        none.send(none.connect("c").properties(packetBytesMax(4)).build());
        assertEquals(List.of(), none.take());
        assertTrue(none.connection.closed);
    }

    @Test
    void aFullWindowHoldsNothingElseUp() {
        assertEquals(0, phone.connectedWith(phone.connect("a").properties(property(0x21, 1))));
        phone.subscribe("inbox", MqttQoS.AT_LEAST_ONCE);
        phone.confirm();
        phone.take();
        Session session = phone.session("a");
        assertTrue(world.give(session, MqttWorld.deliver(session, 1, "x")));
        world.finishGiving(session);
        phone.take();
        phone.ping();
        assertEquals(MqttMessageType.PINGRESP, phone.takeOne().fixedHeader().messageType());
        phone.subscribe("inbox/+", MqttQoS.AT_LEAST_ONCE);
        phone.confirm();
        assertEquals(MqttMessageType.SUBACK, phone.takeOne().fixedHeader().messageType());
    }

    @Test
    void theSameFilterAgainReplacesTheSubscription() {
        Session session = phone.subscribed("a", "inbox", MqttQoS.AT_LEAST_ONCE);
        phone.subscribe("inbox", MqttQoS.AT_MOST_ONCE);
        assertEquals(List.of(0), ((MqttSubAckMessage) phone.takeOne()).payload().reasonCodes());
        world.give(session, MqttWorld.deliver(session, 1, "x"));
        world.finishGiving(session);
        assertEquals(MqttQoS.AT_MOST_ONCE, phone.publish().fixedHeader().qosLevel());
    }

    @Test
    void eachFilterHasItsCode() {
        phone.connectedWith(phone.connect("a"));
        phone.send(
                MqttMessageBuilders.subscribe()
                        .messageId(700)
                        .addSubscription(MqttQoS.AT_MOST_ONCE, "inbox")
                        .addSubscription(MqttQoS.AT_LEAST_ONCE, "other")
                        .addSubscription(MqttQoS.EXACTLY_ONCE, "inbox/+")
                        .addSubscription(MqttQoS.AT_LEAST_ONCE, "#")
                        .build());
        phone.confirm();
        MqttSubAckMessage suback = (MqttSubAckMessage) phone.takeOne();
        assertEquals(700, suback.variableHeader().messageId());
        assertEquals(List.of(0, 0x8F, 1, 0x8F), suback.payload().reasonCodes());
    }

    @Test
    void nothingFollowsDisconnect() {
        Session session = phone.subscribed("a", "inbox", MqttQoS.AT_LEAST_ONCE);
        phone.received(Unpooled.wrappedBuffer(new byte[] {(byte) 0xC5, 0}, PINGREQ));
        world.give(session, MqttWorld.deliver(session, 1, "x"));
        world.finishGiving(session);
        world.close(session, EndReason.ACK_DEADLINE);
        MqttMessage only = phone.takeOne();
        assertEquals(MqttMessageType.DISCONNECT, only.fixedHeader().messageType());
        assertTrue(phone.connection.closed);
    }

    @Test
    void anAuthPacketIsAProtocolError() {
        assertEquals(0, phone.connectedWith(phone.connect("a")));
        assertFalse(phone.connection.closed);
        phone.received(Unpooled.wrappedBuffer(new byte[] {(byte) 0xF0, 0}));
        assertEquals(0x82, phone.disconnectReason());
        assertTrue(phone.connection.closed);
    }
}
