package io.lastmile.edge.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Netty's MQTT codec, which is not ours and therefore knows whether ours is right. */
final class OtherCodec {
    private final EmbeddedChannel encoder = new EmbeddedChannel(MqttEncoder.INSTANCE);
    private final EmbeddedChannel decoder = new EmbeddedChannel(new MqttDecoder(1 << 20));

    /** A codec of this version: it learns it from a CONNECT. */
    OtherCodec(MqttVersion version) {
        MqttConnectMessage connect =
                MqttMessageBuilders.connect().protocolVersion(version).clientId("x").build();
        decoder.writeInbound(encode(connect));
        MqttMessage read = decoder.readInbound();
        if (read == null || read.decoderResult().isFailure()) {
            throw new IllegalStateException("the oracle does not read its own CONNECT");
        }
    }

    ByteBuf encode(MqttMessage message) {
        encoder.writeOutbound(message);
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = encoder.readOutbound(); part != null; part = encoder.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return all;
    }

    /** Everything in the bytes, which must be whole packets. */
    List<MqttMessage> decode(ByteBuf bytes) {
        decoder.writeInbound(bytes);
        List<MqttMessage> messages = new ArrayList<>();
        for (@Nullable MqttMessage message = decoder.readInbound();
                message != null;
                message = decoder.readInbound()) {
            if (message.decoderResult().isFailure()) {
                throw new AssertionError(message.decoderResult().cause());
            }
            messages.add(message);
        }
        return messages;
    }

    MqttMessage decodeOne(ByteBuf bytes) {
        List<MqttMessage> messages = decode(bytes);
        if (messages.size() != 1) {
            throw new AssertionError("one packet, not " + messages);
        }
        return messages.getFirst();
    }
}
