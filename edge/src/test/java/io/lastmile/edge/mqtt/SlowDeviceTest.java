package io.lastmile.edge.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.session.Session;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.record.EventRecord.Acked;
import io.lastmile.wire.record.EventRecord.Ended;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A device that reads slowly, and one that does not read. */
class SlowDeviceTest {
    private static final String LONG = "x".repeat(20_000);

    private final MqttWorld world = new MqttWorld();
    private final MqttWorld.Device device = world.device(MqttVersion.MQTT_5);

    private Session session(MqttQoS qos) {
        return device.subscribed("phone-1", "inbox", qos);
    }

    private void give(Session session, String payload, int... offsets) {
        for (int offset : offsets) {
            world.give(session, MqttWorld.deliver(session, offset, payload));
        }
        world.finishGiving(session);
    }

    /** The socket has taken what is queued, and is full again with what follows. */
    private List<MqttMessage> takes() {
        device.connection.socketFull = false;
        device.connection.flush();
        device.connection.socketFull = true;
        device.flushedAndFull();
        return device.take();
    }

    private static List<MqttMessageType> types(List<MqttMessage> messages) {
        return messages.stream().map(message -> message.fixedHeader().messageType()).toList();
    }

    @Test
    void anAnswerOvertakesTheMessagesThatWaitForTheSocket() {
        Session session = session(MqttQoS.AT_LEAST_ONCE);
        device.connection.socketFull = true;
        give(session, LONG, 1, 2, 3);
        device.ping();
        assertEquals(List.of(MqttMessageType.PUBLISH, MqttMessageType.PINGRESP), types(takes()));
        assertEquals(List.of(MqttMessageType.PUBLISH), types(takes()));
        assertEquals(List.of(MqttMessageType.PUBLISH), types(takes()));
        assertEquals(3, session.unacknowledged());
    }

    @Test
    void whatWaitsComesInOrderAndShortOnesTogether() {
        Session session = session(MqttQoS.AT_LEAST_ONCE);
        device.connection.socketFull = true;
        give(session, LONG, 1);
        give(session, "short", 2, 3, 4);
        takes();
        assertEquals(
                List.of(session.packetId(2), session.packetId(3), session.packetId(4)),
                takes().stream()
                        .map(message -> ((MqttPublishMessage) message).variableHeader().packetId())
                        .toList());
    }

    @Test
    void acksAreHeardWhileMessagesWaitForTheSocket() {
        Session session = session(MqttQoS.AT_LEAST_ONCE);
        device.connection.socketFull = true;
        give(session, LONG, 1, 2, 3);
        device.puback(session.packetId(1), 0);
        assertEquals(1, ((Acked) world.events.last()).acks().getFirst().offset());
        assertEquals(2, session.unacknowledged());
    }

    @Test
    void atQos0OnlyWhatTheSocketTookIsSent() {
        Session session = session(MqttQoS.AT_MOST_ONCE);
        device.connection.socketFull = true;
        give(session, LONG, 1, 2);
        assertEquals(2, session.unacknowledged());
        takes();
        assertEquals(1, ((Acked) world.events.last()).acks().getFirst().offset());
        assertEquals(1, session.unacknowledged());
    }

    @Test
    void theDeadlineOfAMessageCountsFromWhenTheDeviceHasIt() {
        Session session = session(MqttQoS.AT_LEAST_ONCE);
        device.connection.socketFull = true;
        give(session, LONG, 1, 2);
        sweepsFor(100_000); // it waits here
        takes();
        device.connection.inKernel = 100_000;
        sweepsFor(100_000); // and here
        assertFalse(device.connection.closed);
        takes();
        device.connection.inKernel = 10_000; // the first one has reached it, the second one not
        sweepsFor(50_000);
        device.puback(session.packetId(1), 0);
        device.connection.inKernel = 0;
        device.flushed();
        sweepsFor(59_000);
        assertFalse(device.connection.closed);
        sweepsFor(3_000);
        assertTrue(device.connection.closed);
        world.events.confirmAll();
        device.connection.runLoop();
        assertEquals(EndReason.ACK_DEADLINE, ((Ended) world.events.last()).reason());
    }

    @Test
    void oneThatTakesLongForEachMessageAndComesToThemAllIsNeverOverdue() {
        Session session = session(MqttQoS.AT_LEAST_ONCE);
        give(session, "work", 1, 2, 3, 4);
        for (int offset = 1; offset <= 4; offset++) {
            sweepsFor(50_000);
            device.puback(session.packetId(offset), 0);
        }
        assertFalse(device.connection.closed);
        assertEquals(0, session.unacknowledged());
    }

    @Test
    void oneThatLeavesAMessageOutIsOverdueWhateverElseItAcknowledges() {
        Session session = session(MqttQoS.AT_LEAST_ONCE);
        give(session, "work", 1, 2, 3);
        sweepsFor(40_000);
        device.puback(session.packetId(2), 0);
        sweepsFor(15_000);
        device.puback(session.packetId(3), 0);
        assertFalse(device.connection.closed);
        sweepsFor(10_000);
        assertTrue(device.connection.closed);
    }

    @Test
    void whatTheDeviceWasNotGivenGoesBackWithTheSession() {
        Session session = session(MqttQoS.AT_LEAST_ONCE);
        device.connection.socketFull = true;
        give(session, LONG, 1, 2);
        device.unsubscribe("inbox");
        takes();
        assertEquals(List.of(), takes());
        assertTrue(session.isEnding());
    }

    private void sweepsFor(long ms) {
        long untilMs = world.nowMs + ms;
        while (world.nowMs < untilMs) {
            world.nowMs += 1_000;
            if (world.nowMs % 20_000 == 0) {
                device.ping();
            }
            device.sweep();
        }
    }
}
