package io.lastmile.edge.mqtt;

import static io.lastmile.edge.mqtt.MqttWorld.deliver;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.lastmile.edge.mqtt.MqttWorld.Device;
import io.lastmile.edge.session.Session;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.EventRecord.Acked;
import io.lastmile.wire.record.EventRecord.Ended;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is not urgent waits for the device's next own packet. */
class HoldingTest {
    private final MqttWorld world = new MqttWorld();
    private final Device phone = world.device(MqttVersion.MQTT_5);
    private final Session session = phone.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);

    private void give(long offset, String payload, Urgency urgency) {
        world.give(session, deliver(session, offset, payload, urgency));
        world.finishGiving(session);
    }

    private List<String> published() {
        return phone.take().stream()
                .filter(packet -> packet.fixedHeader().messageType() == MqttMessageType.PUBLISH)
                .map(packet ->
                        ((MqttPublishMessage) packet).payload().toString(StandardCharsets.UTF_8))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void onlyWhatIsNotUrgentIsHeld(Urgency urgency) {
        give(1, "hello", urgency);
        boolean held = urgency == Urgency.VERY_LOW || urgency == Urgency.LOW;
        assertEquals(held ? List.of() : List.of("hello"), published());
    }

    @Test
    void theDevicesOwnPacketTakesItAlongWithWhatIsLeftOfItsTime() {
        give(1, "hello", Urgency.VERY_LOW);
        world.nowMs += 10_000;
        phone.ping();
        List<MqttMessage> packets = phone.take();
        assertEquals(MqttMessageType.PINGRESP, packets.getFirst().fixedHeader().messageType());
        MqttPublishMessage publish = assertInstanceOf(MqttPublishMessage.class, packets.getLast());
        MqttProperties.MqttProperty<?> expiry =
                publish.variableHeader().properties().getProperty(Property.MESSAGE_EXPIRY.code());
        assertEquals(50, expiry.value());
        world.nowMs += 1_000;
        phone.puback(publish.variableHeader().packetId(), 0);
        Acked acked = (Acked) world.events.last();
        assertEquals(1_010_000, acked.acks().getFirst().sentAtMs(), "not when it came");
    }

    @Test
    void itGoesOutWhenItHasWaitedForItsTimeAndNotAfterIt() {
        give(1, "hello", Urgency.LOW);
        world.nowMs += 3_999;
        phone.sweep();
        assertEquals(List.of(), published());
        world.nowMs += 1;
        phone.sweep(); // the next is about a second later
        assertEquals(List.of("hello"), published());
    }

    @Test
    void aMessageThatMayWaitLessTakesThoseBeforeItAlongInOrder() {
        give(1, "a", Urgency.VERY_LOW);
        give(2, "b", Urgency.LOW);
        world.nowMs += 4_000;
        phone.sweep();
        assertEquals(List.of("a", "b"), published());
        give(3, "c", Urgency.VERY_LOW);
        give(4, "d", Urgency.HIGH);
        assertEquals(List.of("c", "d"), published());
    }

    @Test
    void whatIsHeldGoesBackToTheInboxWithItsSession() {
        give(1, "hello", Urgency.LOW);
        phone.closedByDevice();
        assertEquals(List.of(), published());
        assertEquals(
                new Ended(session.id(), EndReason.CLOSED_BY_DEVICE, world.nowMs),
                world.events.last());
        Device again = world.device(MqttVersion.MQTT_5);
        Session next = again.subscribed("phone-1", "inbox", MqttQoS.AT_LEAST_ONCE);
        world.give(
                next, deliver(next, 1, "x".repeat(100), Urgency.LOW)); // all the room is free again
        world.finishGiving(next);
        assertEquals(List.of(), again.take());
    }

    @Test
    void whatThereIsNoRoomForGoesOutAtOnceBehindWhatIsHeld() {
        give(1, "x".repeat(60), Urgency.VERY_LOW);
        give(2, "y".repeat(60), Urgency.VERY_LOW);
        assertEquals(List.of("x".repeat(60), "y".repeat(60)), published());
    }

    @Test
    void aDrainHoldsNothing() {
        give(1, "hello", Urgency.VERY_LOW);
        world.devices.drain(Duration.ZERO);
        await().until(phone.connection::hasTasks);
        phone.connection.runLoop();
        assertEquals(List.of("hello"), published());
    }
}
