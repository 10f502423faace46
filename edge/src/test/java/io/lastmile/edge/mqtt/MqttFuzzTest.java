package io.lastmile.edge.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.edge.Fuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Almost right packets, cut anywhere: what they mean may differ, but nothing breaks by them. */
class MqttFuzzTest {
    static List<byte[]> samples() {
        List<byte[]> samples = new ArrayList<>();
        for (MqttVersion version : List.of(MqttVersion.MQTT_3_1_1, MqttVersion.MQTT_5)) {
            OtherCodec codec = new OtherCodec(version);
            MqttProperties properties = new MqttProperties();
            if (version == MqttVersion.MQTT_5) {
                properties.add(new MqttProperties.IntegerProperty(33, 20));
                properties.add(new MqttProperties.UserProperty("key", "value"));
            }
            byte[] connect =
                    bytes(
                            codec,
                            MqttMessageBuilders.connect()
                                    .protocolVersion(version)
                                    .clientId("phone-1")
                                    .username("phone-1")
                                    .password(new byte[] {1, 2, 3})
                                    .properties(properties)
                                    .keepAlive(60)
                                    .build());
            byte[] subscribe =
                    bytes(
                            codec,
                            MqttMessageBuilders.subscribe()
                                    .messageId(1)
                                    .addSubscription(MqttQoS.AT_LEAST_ONCE, "inbox/+")
                                    .build());
            byte[] unsubscribe =
                    bytes(
                            codec,
                            MqttMessageBuilders.unsubscribe()
                                    .messageId(2)
                                    .addTopicFilter("inbox/+")
                                    .build());
            byte[] rest = {0x40, 2, 0, 1, (byte) 0xC0, 0, (byte) 0xE0, 0};
            assertEquals(2, bytes(codec, MqttMessage.PINGREQ).length);
            samples.add(
                    ByteBufUtil.getBytes(
                            Unpooled.wrappedBuffer(connect, subscribe, unsubscribe, rest)));
            samples.add(connect);
        }
        return samples;
    }

    private static byte[] bytes(OtherCodec codec, MqttMessage message) {
        return ByteBufUtil.getBytes(codec.encode(message));
    }

    @Test
    void anythingIsAnsweredOrRefused() {
        MqttWorld world = new MqttWorld();
        Fuzz.run(
                samples(),
                (bytes, random) -> {
                    world.nowMs += 1_000; // the rate of CONNECTs is not what this is about
                    MqttWorld.Device device = world.device(MqttVersion.MQTT_5);
                    ByteBuf unread = Unpooled.buffer();
                    for (int at = 0; at < bytes.length && !device.connection.closed; ) {
                        int length = Math.min(bytes.length - at, random.nextInt(1, 40));
                        unread.writeBytes(bytes, at, length);
                        device.received(unread);
                        at += length;
                    }
                    device.confirm();
                    device.closedByDevice();
                    device.confirm();
                    assertEquals(0, world.devices.size());
                    assertEquals(0, world.life.sessions().size());
                    device.connection.takeSent();
                });
    }
}
