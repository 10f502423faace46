package io.lastmile.edge.mqtt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.auth.PendingConnect;
import io.lastmile.edge.mqtt.MqttWorld.Device;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.session.Session;
import io.lastmile.edge.session.Verdict;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Transport;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.EventRecord.Ack;
import io.lastmile.wire.record.EventRecord.Acked;
import io.lastmile.wire.record.EventRecord.Ended;
import io.lastmile.wire.record.EventRecord.Opened;
import io.lastmile.wire.record.Proof;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringProperty;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a device says and hears, a rule a test. Long because it has many rules. */
class MqttConnectionTest {
    private static final MqttVersion V3 = MqttVersion.MQTT_3_1_1;
    private static final MqttVersion V5 = MqttVersion.MQTT_5;
    private final MqttWorld world = new MqttWorld();

    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, 5", "MQTT_5, 138"})
    void whoIsRevokedIsClosedAndRefusedUntilAllowed(MqttVersion version, int refused) {
        Device phone = world.device(version);
        Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.revoked.add(session.device());
        world.devices.disconnect(session.device());
        phone.connection.runLoop();
        assertTrue(phone.connection.closed);
        if (version == V5) {
            assertEquals(0x98, phone.disconnectReason());
        }
        assertEquals(new Ended(session.id(), EndReason.REVOKED, world.nowMs), world.events.last());
        Device again = world.device(version);
        assertEquals(refused, again.connectedWith(again.connect("phone-1")));
        Device other = world.device(version);
        assertEquals(0, other.connectedWith(other.connect("phone-2")));
        world.revoked.clear();
        Device allowed = world.device(version);
        assertEquals(0, allowed.connectedWith(allowed.connect("phone-1")));
    }

    @Test
    void whoIsRevokedWhileItIsBeingLookedAtIsClosedToo() {
        Device phone = world.device(V5);
        AtomicReference<PendingConnect> asked = new AtomicReference<>();
        world.authentication =
                (credentials, later) -> {
                    asked.set(later);
                    return null;
                };
        phone.send(phone.connect("phone-1").build());
        world.revoked.add(new DeviceId("phone-1"));
        world.devices.disconnect(new DeviceId("phone-1")); // it is not there yet
        Objects.requireNonNull(asked.get()).decided(new Verdict.Accepted(Long.MAX_VALUE));
        phone.connection.runLoop();
        assertTrue(phone.connection.closed);
    }

    @ParameterizedTest
    @EnumSource(names = {"MQTT_3_1_1", "MQTT_5"})
    void aMessageGoesOutAndItsAckComesBack(MqttVersion version) {
        Device phone = world.device(version);
        Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        int level = version == V5 ? 5 : 4;
        assertEquals(
                new Opened(session.id(), -1, Transport.TCP, level, 1, 16, true, 1_000_000),
                world.events.last());

        assertTrue(world.give(session, MqttWorld.deliver(session, 42, "hello")));
        world.finishGiving(session);
        MqttPublishMessage publish = phone.publish();
        assertEquals("inbox", publish.variableHeader().topicName());
        world.nowMs += 30;
        phone.puback(publish.variableHeader().packetId(), 0);
        assertEquals(
                new Acked(
                        session.id(), List.of(new Ack(42, 1_000_000, 1_000_030, Proof.PUBACK, 0))),
                world.events.last());
    }

    @Test
    void subackWaitsForKafka() {
        Device phone = world.device(V5);
        assertEquals(0, phone.connectedWith(phone.connect("phone-1")));
        phone.subscribe("inbox", MqttQoS.AT_LEAST_ONCE);
        phone.subscribe("inbox/+", MqttQoS.AT_LEAST_ONCE);
        assertEquals(List.of(), phone.take());
        assertEquals(1, world.events.events().size(), "one session, however many filters");
        phone.confirm();
        assertEquals(2, phone.take().size());
        phone.subscribe("inbox/#", MqttQoS.AT_LEAST_ONCE);
        assertInstanceOf(MqttSubAckMessage.class, phone.takeOne(), "it is reachable by now");
    }

    @ParameterizedTest
    @CsvSource({
        "inbox, inbox",
        "inbox/+, inbox/3-42",
        "inbox/#, inbox/3-42",
    })
    void theTopicTellsTheIdWhereItWasAskedFor(String filter, String topic) {
        Device phone = world.device(V3);
        Session session = phone.subscribed("phone-1", filter, MqttQoS.AT_LEAST_ONCE);
        world.give(session, MqttWorld.deliver(session, 42, "hello"));
        world.finishGiving(session);
        assertEquals(
                topic.replace("3-42", session.partition() + "-42"),
                phone.publish().variableHeader().topicName());
    }

    @Test
    void bothFiltersMakeOnePublish() {
        Device phone = world.device(V5);
        Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_MOST_ONCE);
        phone.subscribe("inbox/+", MqttQoS.EXACTLY_ONCE);
        assertEquals(List.of(1), ((MqttSubAckMessage) phone.takeOne()).payload().reasonCodes());
        world.give(session, MqttWorld.deliver(session, 42, "hello"));
        world.finishGiving(session);
        MqttPublishMessage publish = phone.publish();
        assertEquals("inbox/" + session.partition() + "-42", publish.variableHeader().topicName());
        assertEquals(MqttQoS.AT_LEAST_ONCE, publish.fixedHeader().qosLevel(), "the highest");
    }

    @ParameterizedTest
    @CsvSource({
        "inbox, 1",
        "inbox/x, 0x8F",
        "other, 0x8F",
        "INBOX, 0x8F",
        "#, 0x8F",
        "news/#, 0x8F",
        "inbox/+/#, 0x8F",
        "$share/g/inbox, 0x9E",
    })
    void onlyTheInboxIsToBeHad(String filter, String code) {
        Device five = world.device(V5);
        five.connectedWith(five.connect("phone-1"));
        five.subscribe(filter, MqttQoS.AT_LEAST_ONCE);
        five.confirm();
        assertEquals(
                List.of(Integer.decode(code)),
                ((MqttSubAckMessage) five.takeOne()).payload().reasonCodes());
        Device three = world.device(V3);
        three.connectedWith(three.connect("phone-2"));
        three.subscribe(filter, MqttQoS.AT_LEAST_ONCE);
        three.confirm();
        assertEquals(
                List.of(code.equals("1") ? 1 : 0x80),
                ((MqttSubAckMessage) three.takeOne()).payload().reasonCodes());
    }

    @Test
    void subscriptionIdentifiersAreNotToBeHad() {
        Device phone = world.device(V5);
        phone.connectedWith(phone.connect("phone-1"));
        MqttProperties properties = new MqttProperties();
        properties.add(new IntegerProperty(0x0B, 5));
        phone.send(
                MqttMessageBuilders.subscribe()
                        .messageId(1)
                        .addSubscription(MqttQoS.AT_LEAST_ONCE, "inbox")
                        .properties(properties)
                        .build());
        assertEquals(List.of(0xA1), ((MqttSubAckMessage) phone.takeOne()).payload().reasonCodes());
        assertEquals(List.of(), world.events.events());
    }

    @Test
    void aBadDeviceIdIsToldSo() {
        for (String bad : List.of("", "a b", "x".repeat(129), "ü")) {
            Device three = world.device(V3);
            assertEquals(2, three.connectedWith(three.connect(bad)), bad);
            assertTrue(three.connection.closed);
            Device five = world.device(V5);
            five.send(five.connect(bad).build());
            var connack = (MqttConnAckMessage) five.takeOne();
            assertEquals((byte) 0x85, connack.variableHeader().connectReturnCode().byteValue());
            String reason =
                    String.valueOf(
                            Objects.requireNonNull(
                                            connack.variableHeader().properties().getProperty(0x1F))
                                    .value());
            assertTrue(reason.contains(DeviceId.RULE), reason);
            assertTrue(five.connection.closed);
        }
    }

    @Test
    void withoutKafkaNobodyComesInAndWhoIsInStays() {
        Device in = world.device(V5);
        in.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.kafkaReachable = false;
        Device three = world.device(V3);
        assertEquals(3, three.connectedWith(three.connect("phone-2")));
        Device five = world.device(V5);
        assertEquals(0x88, five.connectedWith(five.connect("phone-3")));
        assertFalse(in.connection.closed);
        in.send(MqttMessage.PINGREQ);
        assertEquals(MqttMessageType.PINGRESP, in.takeOne().fixedHeader().messageType());
    }

    @Test
    void aFullEdgeSaysThatItIsBusy() {
        for (int i = 1; i <= 3; i++) {
            Device phone = world.device(V5);
            assertEquals(0, phone.connectedWith(phone.connect("phone-" + i)));
        }
        Device five = world.device(V5);
        assertEquals(0x89, five.connectedWith(five.connect("phone-4")));
        Device three = world.device(V3);
        assertEquals(3, three.connectedWith(three.connect("phone-5")));
    }

    @Test
    void otherVersionsAreTold() {
        Device old = world.device(V3);
        byte[] version31 = {0x10, 15, 0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 3, 2, 0, 60, 0, 1, 'x'};
        old.received(Unpooled.wrappedBuffer(version31));
        var connack = (MqttConnAckMessage) old.takeOne();
        assertEquals(1, connack.variableHeader().connectReturnCode().byteValue());
        for (int bridge : new int[] {0x83, 0x84}) { // mosquitto's, which falls back to 4 on this
            Device private3 = world.device(V3);
            byte[] connect = {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 0, 2, 0, 60, 0, 1, 'x'};
            connect[8] = (byte) bridge;
            private3.received(Unpooled.wrappedBuffer(connect));
            assertEquals("20020001", ByteBufUtil.hexDump(private3.connection.takeSent()));
            assertTrue(private3.connection.closed);
        }
        Device next = world.device(V5);
        byte[] version6 = {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 6, 2, 0, 60, 0, 1, 'x'};
        next.received(Unpooled.wrappedBuffer(version6));
        connack = (MqttConnAckMessage) next.takeOne();
        assertEquals((byte) 0x84, connack.variableHeader().connectReturnCode().byteValue());
        assertTrue(old.connection.closed);
        assertTrue(next.connection.closed);
    }

    @Test
    void whatAConnectMayNotAskFor() {
        Device login = world.device(V5);
        MqttProperties method = new MqttProperties();
        method.add(new StringProperty(0x15, "SCRAM"));
        assertEquals(0x8C, login.connectedWith(login.connect("a").properties(method)));
        Device retained = world.device(V5);
        assertEquals(
                0x9A,
                retained.connectedWith(
                        retained.connect("b")
                                .willFlag(true)
                                .willRetain(true)
                                .willTopic("t")
                                .willMessage(new byte[0])));
        Device twice = world.device(V5);
        assertEquals(
                0x9B,
                twice.connectedWith(
                        twice.connect("c")
                                .willFlag(true)
                                .willQoS(MqttQoS.EXACTLY_ONCE)
                                .willTopic("t")
                                .willMessage(new byte[0])));
        for (Device refused : List.of(login, retained, twice)) {
            assertTrue(refused.connection.closed);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // level, what comes, what is answered
        "5, 3005000161 00 78, ''", // QoS 0
        "5, 3207000161 0009 00 78, 4003000987", // QoS 1: not authorized
        "5, 3307000161 0009 00 78, 4003000987", // to be retained
        "5, 3a07000161 0009 00 78, 4003000987", // once more
        "5, 3407000161 0009 00 78, 5003000987", // QoS 2, whatever CONNACK said
        "5, 6202 0009, 7003000992", // PUBREL of what nobody knows
        "5, 6203 0009 92, 7003000992",
        "4, 3004000161 78, ''",
        "4, 3206000161 0009 78, 40020009", // MQTT 3.1.1 knows no refusal (MQTT-3.3.5-2)
        "4, 3406000161 0009 78, 50020009",
        "4, 6202 0009, 70020009", // PUBREL
    })
    void whatADevicePublishesIsDroppedAndItsConnectionStays(int level, String hex, String answer) {
        Device phone = world.device(level == 5 ? V5 : V3);
        phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        int events = world.events.events().size();
        byte[] bytes = ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
        for (int i = 0; i < 2; i++) {
            phone.received(Unpooled.wrappedBuffer(bytes));
            assertEquals(answer, ByteBufUtil.hexDump(phone.connection.takeSent()));
        }
        assertFalse(phone.connection.closed);
        assertEquals(events, world.events.events().size());
        int dropped = bytes[0] >>> 4 == 3 ? 2 : 0;
        assertEquals(dropped, world.counted("lastmile_edge_dropped_messages_total"));
        phone.ping();
        assertEquals(MqttMessageType.PINGRESP, phone.takeOne().fixedHeader().messageType());
    }

    @Test
    void aLateAcknowledgementSettlesNoMessageOfALaterSession() {
        Device phone = world.device(V3);
        Session first = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        for (int offset = 1; offset <= 9; offset++) {
            world.give(first, MqttWorld.deliver(first, offset, "m" + offset));
        }
        world.finishGiving(first);
        List<Integer> packetIds = packetIds(phone);
        packetIds.subList(0, 3).forEach(id -> phone.puback(id, 0));
        phone.closedByDevice();

        Device again = world.device(V3);
        Session second = again.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        for (int offset = 4; offset <= 9; offset++) {
            world.give(second, MqttWorld.deliver(second, offset, "m" + offset));
        }
        world.finishGiving(second);
        int events = world.events.events().size();
        packetIds.subList(3, 9).forEach(id -> again.puback(id, 0)); // the work is done
        assertEquals(events, world.events.events().size());
        assertEquals(6, second.unacknowledged());
        assertEquals(6, world.counted("lastmile_edge_stray_pubacks_packets_total"));
        packetIds(again).forEach(id -> again.puback(id, 0));
        assertEquals(0, second.unacknowledged());
    }

    private static List<Integer> packetIds(Device device) {
        return device.take().stream()
                .map(packet -> ((MqttPublishMessage) packet).variableHeader().packetId())
                .toList();
    }

    @Test
    void theQosIsThatOfTheFilterThatTheTopicMatches() {
        Device phone = world.device(V5);
        Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        phone.subscribe("inbox/+", MqttQoS.AT_MOST_ONCE);
        assertEquals(List.of(0), ((MqttSubAckMessage) phone.takeOne()).payload().reasonCodes());
        world.give(session, MqttWorld.deliver(session, 42, "hello"));
        world.finishGiving(session);
        MqttPublishMessage publish = phone.publish();
        assertEquals("inbox/" + session.partition() + "-42", publish.variableHeader().topicName());
        assertEquals(MqttQoS.AT_MOST_ONCE, publish.fixedHeader().qosLevel());
        phone.subscribe("inbox/#", MqttQoS.AT_LEAST_ONCE);
        phone.take();
        world.give(session, MqttWorld.deliver(session, 43, "hello"));
        world.finishGiving(session);
        assertEquals(MqttQoS.AT_LEAST_ONCE, phone.publish().fixedHeader().qosLevel());
    }

    @Test
    void connectComesFirstAndOnce() {
        Device early = world.device(V5);
        early.send(MqttMessage.PINGREQ);
        assertEquals(List.of(), early.take());
        assertTrue(early.connection.closed);
        Device twice = world.device(V5);
        assertEquals(0, twice.connectedWith(twice.connect("phone-1")));
        twice.send(twice.connect("phone-1").build());
        assertEquals(0x82, twice.disconnectReason());
        assertTrue(twice.connection.closed);
    }

    @Test
    void aLengthHasAtMostFourBytes() {
        Device device = world.device(V5);
        byte[] head = {0x10, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 1};
        device.received(Unpooled.wrappedBuffer(head));
        assertTrue(device.connection.closed);
    }

    @Test
    void nonsenseIsAnsweredAndClosed() {
        Device five = world.device(V5);
        five.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        five.received(Unpooled.wrappedBuffer(new byte[] {(byte) 0xC5, 0}));
        assertEquals(0x81, five.disconnectReason());
        assertTrue(five.connection.closed);
        Device noise = world.device(V3);
        noise.received(Unpooled.wrappedBuffer(new byte[] {'G', 'E', 'T', ' ', '/'}));
        assertEquals(List.of(), noise.take());
        assertTrue(noise.connection.closed);
    }

    @Test
    void takeOverOnOneEdge() {
        Device older = world.device(V5);
        Session first = older.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        Device newer = world.device(V3);
        Session second = newer.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        assertNotEquals(first.number(), second.number());
        older.connection.runLoop();
        assertEquals(0x8E, older.disconnectReason());
        assertTrue(older.connection.closed);
        assertEquals(EndReason.TAKEN_OVER, ((Ended) world.events.last()).reason());
        older.closedByDevice();
        older.confirm();
        assertEquals(second, newer.session("phone-1"), "the late close left the newer alone");
        assertEquals(1, world.devices.size());
        assertFalse(newer.connection.closed);
        newer.closedByDevice();
        assertEquals(0, world.devices.size());
    }

    @Test
    void theOwnerClosesASession() {
        Device phone = world.device(V5);
        Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.close(session, EndReason.ACK_DEADLINE);
        assertEquals(0x83, phone.disconnectReason());
        assertEquals(EndReason.ACK_DEADLINE, ((Ended) world.events.last()).reason());
        phone.confirm();
        assertEquals(0, world.life.sessions().size());
    }

    @Test
    void endedComesAfterEveryAck() {
        Device phone = world.device(V3);
        Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.give(session, MqttWorld.deliver(session, 1, "a"));
        world.give(session, MqttWorld.deliver(session, 2, "b"));
        world.finishGiving(session);
        phone.take();
        phone.puback(session.packetId(2), 0);
        phone.send(MqttMessage.DISCONNECT);
        assertInstanceOf(Acked.class, world.events.last(), "ended waits for it");
        assertEquals(1, world.events.hastened());
        assertFalse(world.give(session, MqttWorld.deliver(session, 3, "c")));
        phone.confirm();
        assertEquals(
                new Ended(session.id(), EndReason.CLOSED_BY_DEVICE, 1_000_000),
                world.events.last());
        assertEquals(session, phone.session("phone-1"), "held until ended is confirmed");
        phone.confirm();
        assertEquals(0, world.life.sessions().size());
    }

    @Test
    void acksOfHalfAWindowAreWantedSoon() {
        Device phone = world.device(V5);
        Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        int half = session.windowMessages() / 2;
        for (int offset = 1; offset <= half; offset++) {
            assertEquals(0, world.events.hastened(), "before message " + offset);
            world.give(session, MqttWorld.deliver(session, offset, "a"));
            world.finishGiving(session);
            phone.take();
            phone.puback(session.packetId(offset), 0);
        }
        assertEquals(1, world.events.hastened());
        phone.confirm();
        world.give(session, MqttWorld.deliver(session, half + 1, "b"));
        world.finishGiving(session);
        phone.take();
        phone.puback(session.packetId(half + 1), 0);
        assertEquals(1, world.events.hastened(), "there is room again");
    }

    @Test
    void acksOfOneReadAreOneEvent() {
        Device phone = world.device(V5);
        Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        for (int offset = 1; offset <= 3; offset++) {
            world.give(session, MqttWorld.deliver(session, offset, "x"));
        }
        int[] ids = {session.packetId(1), session.packetId(2), session.packetId(3)};
        byte[] pubacks = {
            0x40,
            2,
            (byte) (ids[0] >>> 8),
            (byte) ids[0],
            0x40,
            3,
            (byte) (ids[1] >>> 8),
            (byte) ids[1],
            (byte) 0x80,
            0x40,
            2,
            (byte) (ids[2] >>> 8),
            (byte) ids[2],
        };
        phone.received(Unpooled.wrappedBuffer(pubacks));
        Acked acked = (Acked) world.events.last();
        assertEquals(List.of(1L, 2L, 3L), acked.acks().stream().map(Ack::offset).toList());
        assertEquals(List.of(0, 0x80, 0), acked.acks().stream().map(Ack::reasonCode).toList());
    }

    @Test
    void atQos0TheSocketAcknowledges() {
        Device phone = world.device(V5);
        Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_MOST_ONCE);
        phone.connection.socketFull = true;
        world.give(session, MqttWorld.deliver(session, 5, "x"));
        world.finishGiving(session);
        assertInstanceOf(Opened.class, world.events.last(), "the bytes have not gone");
        world.nowMs += 7;
        phone.flushed();
        assertEquals(
                List.of(new Ack(5, 1_000_000, 1_000_007, Proof.SENT, 0)),
                ((Acked) world.events.last()).acks());
        assertEquals(MqttQoS.AT_MOST_ONCE, phone.publish().fixedHeader().qosLevel());
    }

    @Test
    void whatADeviceAsksForIsKept() {
        Device phone = world.device(V5);
        MqttProperties properties = new MqttProperties();
        properties.add(new IntegerProperty(0x21, 2)); // receive maximum
        properties.add(new IntegerProperty(0x27, 60)); // maximum packet size
        assertEquals(0, phone.connectedWith(phone.connect("phone-1").properties(properties)));
        phone.subscribe("inbox", MqttQoS.AT_LEAST_ONCE);
        phone.confirm();
        phone.take();
        Session session = phone.session("phone-1");
        assertEquals(2, ((Opened) world.events.last()).windowMessages());
        assertTrue(world.give(session, MqttWorld.deliver(session, 1, "x".repeat(100))));
        world.finishGiving(session);
        assertEquals(List.of(), phone.take(), "too long for it");
        assertEquals(
                List.of(new Ack(1, 1_000_000, 1_000_000, Proof.NONE, 0x95)),
                ((Acked) world.events.last()).acks());
        phone.confirm();
        world.give(session, MqttWorld.deliver(session, 2, "x"));
        world.give(session, MqttWorld.deliver(session, 3, "x"));
        world.finishGiving(session);
        assertEquals(2, phone.take().size());
        assertFalse(world.give(session, MqttWorld.deliver(session, 4, "x")));
        assertTrue(phone.connection.closed, "an owner that does not keep to the window");
    }

    @Test
    void unsubscribeEndsTheSessionAndNotTheConnection() {
        Device phone = world.device(V5);
        Session first = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.give(first, MqttWorld.deliver(first, 1, "x"));
        world.finishGiving(first);
        int oldPacket = phone.publish().variableHeader().packetId();
        phone.send(
                MqttMessageBuilders.unsubscribe()
                        .messageId(2)
                        .addTopicFilter("inbox")
                        .addTopicFilter("never")
                        .build());
        MqttUnsubAckMessage unsuback = (MqttUnsubAckMessage) phone.takeOne();
        assertEquals(2, unsuback.variableHeader().messageId());
        assertEquals(List.of((short) 0, (short) 0x11), unsuback.payload().unsubscribeReasonCodes());
        assertEquals(EndReason.UNSUBSCRIBED, ((Ended) world.events.last()).reason());
        assertFalse(world.give(first, MqttWorld.deliver(first, 2, "y")));
        assertEquals(List.of(), phone.take());
        assertFalse(phone.connection.closed);

        phone.subscribe("inbox", MqttQoS.AT_LEAST_ONCE);
        phone.confirm();
        Session second = phone.session("phone-1");
        assertNotEquals(first.number(), second.number());
        world.give(second, MqttWorld.deliver(second, 1, "x"));
        int events = world.events.events().size();
        phone.puback(oldPacket, 0);
        assertEquals(events, world.events.events().size(), "a late word about the older session");
        assertEquals(1, second.unacknowledged());
    }

    @Test
    void silenceEndsItAfterOneAndAHalfKeepAlives() {
        Device phone = world.device(V5);
        phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.nowMs += 90_000;
        phone.sweep();
        assertFalse(phone.connection.closed);
        world.nowMs += 1;
        phone.sweep();
        assertEquals(0x8D, phone.disconnectReason());
        assertEquals(EndReason.KEEP_ALIVE, ((Ended) world.events.last()).reason());
    }

    @Test
    void anMqtt5DeviceWithoutKeepAliveIsGivenOne() {
        Device phone = world.device(V5);
        phone.send(phone.connect("phone-1").keepAlive(0).build());
        var connack = (MqttConnAckMessage) phone.takeOne();
        var keepAlive = connack.variableHeader().properties().getProperty(0x13);
        assertEquals(1_200, Objects.requireNonNull(keepAlive).value());
        world.nowMs += 1_800_001;
        phone.sweep();
        assertTrue(phone.connection.closed);
        Device three = world.device(V3);
        assertEquals(0, three.connectedWith(three.connect("phone-2").keepAlive(0)));
        world.nowMs += 1_000_000_000;
        three.sweep();
        assertFalse(three.connection.closed, "MQTT 3.1.1 has no way to say it");
    }

    @Test
    void whoDoesNotConnectInTimeIsClosed() {
        Device phone = world.device(V3);
        world.nowMs += 10_000;
        phone.sweep();
        assertFalse(phone.connection.closed);
        world.nowMs += 1;
        phone.sweep();
        assertTrue(phone.connection.closed);
    }

    @Test
    void anAnnouncementRepeatsOpened() {
        Device phone = world.device(V5);
        Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.announceAgain(session);
        assertEquals(session.openedOffset(), ((Opened) world.events.last()).firstOpened());
        phone.confirm();
        phone.send(MqttMessage.DISCONNECT);
        int events = world.events.events().size();
        world.announceAgain(session);
        assertEquals(events, world.events.events().size(), "it is over");
    }

    @Test
    void anotherIncarnationClosesTheSessionsOfTheOneBefore() {
        Device phone = world.device(V5);
        phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.devices.begin(Life.begin(new Incarnation("edge-1", 8), MqttWorld.PARTITIONS));
        phone.connection.runLoop();
        assertTrue(phone.connection.closed);
        Device again = world.device(V5);
        again.connectedWith(again.connect("phone-1"));
        again.subscribe("inbox", MqttQoS.AT_LEAST_ONCE);
        EventRecord opened = world.events.last();
        assertEquals(8, opened.session().edge().number());
        assertEquals(1, opened.session().number());
    }

    @Test
    void aStoppingEdgeSaysSo() {
        Device phone = world.device(V5);
        phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.devices.stop();
        phone.connection.runLoop();
        assertEquals(0x8B, phone.disconnectReason());
        assertEquals(EndReason.EDGE_STOPPING, ((Ended) world.events.last()).reason());
        Device late = world.device(V5);
        assertEquals(0x88, late.connectedWith(late.connect("phone-2")));
    }

    @Test
    void whatDribblesInDoesNotPutTheDeadlineOff() {
        MqttWorld.Device device = world.device(MqttVersion.MQTT_5);
        byte[] connect = {0x10, 24, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60};
        for (int bytes = 1; bytes < connect.length; bytes++) {
            world.nowMs += 1_000;
            device.received(Unpooled.wrappedBuffer(connect, 0, bytes));
            device.sweep();
        }
        assertTrue(device.connection.closed);
    }

    @Test
    void whatComesBeforeTheVerdictWaitsForIt() {
        List<PendingConnect> asked = new ArrayList<>();
        world.authentication =
                (credentials, later) -> {
                    asked.add(later);
                    return null;
                };
        MqttWorld.Device device = world.device(MqttVersion.MQTT_5);
        device.send(device.connect("phone-1").build());
        assertEquals(List.of(), device.take());
        ByteBuf subscribe = Unpooled.buffer().writeBytes(new byte[] {(byte) 0x82, 1});
        device.received(subscribe);
        assertEquals(2, subscribe.readableBytes(), "left for later");
        asked.getFirst().decided(new Verdict.Accepted(world.nowMs + 60_000));
        device.connection.runLoop();
        assertEquals(MqttMessageType.CONNACK, device.takeOne().fixedHeader().messageType());
        assertEquals(1, device.connection.again);
        world.nowMs += 59_000;
        device.send(MqttMessage.PINGREQ);
        device.sweep();
        assertFalse(device.connection.closed);
        world.nowMs += 1_000;
        device.sweep();
        assertEquals(0x87, device.disconnectReason(), "what it showed has ended");
    }

    @Test
    void whoIsNotWhoItSaysIsRefused() {
        world.authentication = (credentials, later) -> new Verdict.Refused("a stranger");
        MqttWorld.Device newer = world.device(MqttVersion.MQTT_5);
        assertEquals(0x86, newer.connectedWith(newer.connect("phone-1")));
        assertTrue(newer.connection.closed);
        MqttWorld.Device older = world.device(MqttVersion.MQTT_3_1_1);
        assertEquals(4, older.connectedWith(older.connect("phone-1")));
        world.authentication = (credentials, later) -> new Verdict.Busy();
        MqttWorld.Device busy = world.device(MqttVersion.MQTT_5);
        assertEquals(0x89, busy.connectedWith(busy.connect("phone-1")));
        assertEquals(0, world.devices.size());
    }

    @Test
    void inADrainADeviceAcknowledgesWhatItHasAndIsGivenNoMore() {
        MqttWorld.Device device = world.device(MqttVersion.MQTT_5);
        Session session = device.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.give(session, MqttWorld.deliver(session, 10, "first"));
        world.finishGiving(session);
        int packetId = device.publish().variableHeader().packetId();
        world.devices.drain(Duration.ZERO);
        await().until(device.connection::hasTasks);
        device.connection.runLoop();
        assertFalse(world.give(session, MqttWorld.deliver(session, 11, "second")));
        assertFalse(device.connection.closed);
        device.puback(packetId, 0);
        assertTrue(device.connection.closed);
        assertEquals(0x8B, device.disconnectReason());
        assertEquals(List.of("Opened", "Acked"), kinds());
        device.confirm();
        assertEquals(List.of("Opened", "Acked", "Ended"), kinds());
        assertEquals(
                0x88, world.device(MqttVersion.MQTT_5).connectedWith(device.connect("phone-2")));
    }

    @Test
    void moreConnectsThanAreTakenInASecondAreToldToComeAgain() {
        for (int i = 0; i < 10; i++) {
            MqttWorld.Device device = world.device(MqttVersion.MQTT_5);
            assertEquals(0, device.connectedWith(device.connect("phone-1")));
        }
        MqttWorld.Device newer = world.device(MqttVersion.MQTT_5);
        assertEquals(0x9F, newer.connectedWith(newer.connect("phone-1")));
        assertTrue(newer.connection.closed);
        MqttWorld.Device older = world.device(MqttVersion.MQTT_3_1_1);
        assertEquals(3, older.connectedWith(older.connect("phone-1")));
        world.nowMs += 100;
        MqttWorld.Device later = world.device(MqttVersion.MQTT_5);
        assertEquals(0, later.connectedWith(later.connect("phone-1")));
    }

    @Test
    void aConnectThatIsTooLongIsRefusedByItsFirstBytes() {
        MqttWorld.Device device = world.device(MqttVersion.MQTT_5);
        device.received(Unpooled.wrappedBuffer(new byte[] {0x10, (byte) 0x80, 0x10}));
        assertTrue(device.connection.closed, "2,048 bytes before it is known who it is");
    }

    private List<String> kinds() {
        return world.events.events().stream()
                .map(event -> event.getClass().getSimpleName())
                .toList();
    }
}
