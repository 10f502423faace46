package io.lastmile.edge.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lastmile.edge.mqtt.MqttWorld.Device;
import io.lastmile.edge.session.Broadcast;
import io.lastmile.edge.session.Session;
import io.lastmile.wire.Audience;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopFrame.Copies;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.EventRecord;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChannelsOverMqttTest {
    private static final ChannelName NEWS = new ChannelName("news");

    private final MqttWorld world = new MqttWorld();

    /** From SUBSCRIBE over copies, short and shared, to UNSUBSCRIBE. */
    @ParameterizedTest
    @EnumSource(names = {"MQTT_3_1_1", "MQTT_5"})
    void aDeviceInAChannel(MqttVersion version) {
        Device phone = world.device(version);
        assertEquals(0, phone.connectedWith(phone.connect("phone-1")));
        phone.subscribe("channels/news", MqttQoS.AT_LEAST_ONCE);
        phone.confirm();
        Session session = phone.session("phone-1");
        MemberSource source = new MemberSource.OfSession(session.id(), session.openedOffset());
        assertEquals(List.of(new Control.Join(NEWS, source)), world.events.controls());
        assertEquals(List.of(), phone.take(), "not before the join is in Kafka");
        phone.confirm();
        assertEquals(
                List.of(1),
                assertInstanceOf(MqttSubAckMessage.class, phone.takeOne()).payload().reasonCodes());
        EventRecord.Opened opened = (EventRecord.Opened) world.events.last();
        assertEquals(false, opened.takesInbox());
        assertEquals(1, opened.qos());

        long offset = 70;
        for (String payload : List.of("short", "x".repeat(3_000))) {
            assertNull(
                    session.heart()
                            .take(session, broadcast(session, offset, payload), 5, world.nowMs));
            world.finishGiving(session);
            MqttPublishMessage publish = phone.publish();
            assertEquals("channels/news", publish.variableHeader().topicName());
            assertEquals(payload, publish.payload().toString(StandardCharsets.UTF_8));
            phone.puback(publish.variableHeader().packetId(), 0);
            var acked = world.events.copiesAcked().getLast();
            assertEquals(offset, acked.offset());
            assertEquals(5, acked.acks().getFirst().member());
            assertEquals(session.number(), acked.acks().getFirst().session());
            offset++;
        }

        phone.unsubscribe("channels/news");
        assertEquals(new Control.Leave(NEWS, source), world.events.controls().getLast());
        assertEquals(List.of(), phone.take());
        phone.confirm();
        assertInstanceOf(MqttUnsubAckMessage.class, phone.takeOne());
        phone.confirm();
        assertEquals(0, world.life.sessions().size());
    }

    private static Broadcast broadcast(Session session, long offset, String payload) {
        return new Broadcast(
                new Copies(
                        session.partition(),
                        1,
                        offset,
                        new MessageId(session.partition(), offset),
                        60_000,
                        Audience.of(NEWS),
                        Message.plain(BroadcastRecord.ADDRESSEE, Payload.ofText(payload)),
                        List.of()));
    }
}
