package io.lastmile.bench.load;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubAckMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection of a device, from CONNECT to its close. */
public final class Device {
    private static final String TOPIC_WITH_ID = "inbox/";
    private static final String ID_PROPERTY = "message-id";
    private static final int SUBSCRIBE_ID = 1;
    private static final int REFUSED = 0x80;

    private final DeviceId id;
    private final DeviceOptions options;
    private final Consumer<Received> received;
    private final CompletableFuture<Device> subscribed = new CompletableFuture<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private volatile int reasonCode; // of the edge's DISCONNECT, 0 without one
    private volatile @Nullable ChannelHandlerContext connection;

    Device(DeviceId id, DeviceOptions options, Consumer<Received> received) {
        this.id = id;
        this.options = options;
        this.received = received;
    }

    /** Who it is. */
    public DeviceId id() {
        return id;
    }

    /** Done once SUBACK has come; fails where the edge refuses or the connection closes first. */
    public CompletableFuture<Device> subscribed() {
        return subscribed;
    }

    /** Done once the connection is closed: the reason code of the edge's DISCONNECT, or 0. */
    public CompletableFuture<Integer> closed() {
        return closed;
    }

    /** Closes the connection without a DISCONNECT. */
    public void drop() {
        ChannelHandlerContext open = connection;
        if (open != null) {
            Futures.ignore(open.close());
        }
    }

    /** Says goodbye and closes. */
    public void disconnect() {
        ChannelHandlerContext open = connection;
        if (open != null) {
            Futures.ignore(open.writeAndFlush(MqttMessage.DISCONNECT));
            Futures.ignore(open.close());
        }
    }

    void failed(Throwable cause) {
        subscribed.completeExceptionally(cause);
        closed.complete(reasonCode);
    }

    ChannelHandler handler() {
        return new Packets();
    }

    private final class Packets extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            connection = context;
            send(
                    context,
                    MqttMessageBuilders.connect()
                            .clientId(id.value())
                            .protocolVersion(
                                    options.mqtt5() ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1)
                            .cleanSession(true)
                            .keepAlive(options.keepAliveSeconds())
                            .build());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object packet) {
            try {
                switch (packet) {
                    case MqttConnAckMessage connack -> onConnack(context, connack);
                    case MqttSubAckMessage suback -> onSuback(context, suback);
                    case MqttPublishMessage publish -> onPublish(context, publish);
                    case MqttMessage other -> onOther(context, other);
                    default -> throw new IllegalStateException("not a packet: " + packet);
                }
            } finally {
                ReferenceCountUtil.release(packet);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            subscribed.completeExceptionally(
                    new IOException(id + ": closed before SUBACK, reason " + reasonCode));
            closed.complete(reasonCode);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            subscribed.completeExceptionally(cause);
            Futures.ignore(context.close());
        }
    }

    private void onConnack(ChannelHandlerContext context, MqttConnAckMessage connack) {
        MqttConnectReturnCode code = connack.variableHeader().connectReturnCode();
        if (code != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
            refused(context, "CONNACK " + code);
            return;
        }
        send(
                context,
                MqttMessageBuilders.subscribe()
                        .messageId(SUBSCRIBE_ID)
                        .addSubscription(MqttQoS.valueOf(options.qos()), options.filter())
                        .build());
    }

    private void onSuback(ChannelHandlerContext context, MqttSubAckMessage suback) {
        int code = suback.payload().reasonCodes().getFirst();
        if (code >= REFUSED) {
            refused(context, "SUBACK 0x" + Integer.toHexString(code));
        } else {
            subscribed.complete(this);
        }
    }

    private void onPublish(ChannelHandlerContext context, MqttPublishMessage publish) {
        long atNs = System.nanoTime();
        String topic = publish.variableHeader().topicName();
        received.accept(
                new Received(
                        id,
                        messageId(topic, publish.variableHeader().properties()),
                        topic,
                        Payload.of(ByteBufUtil.getBytes(publish.payload())),
                        publish.fixedHeader().isDup(),
                        atNs));
        if (publish.fixedHeader().qosLevel() != MqttQoS.AT_LEAST_ONCE
                || options.ackAfterMs() == DeviceOptions.NEVER) {
            return;
        }
        MqttPubAckMessage puback = puback(publish.variableHeader().packetId());
        if (options.ackAfterMs() == 0) {
            send(context, puback);
        } else {
            Futures.ignore(
                    context.executor()
                            .schedule(
                                    () -> send(context, puback),
                                    options.ackAfterMs(),
                                    TimeUnit.MILLISECONDS));
        }
    }

    private void onOther(ChannelHandlerContext context, MqttMessage packet) {
        if (packet.decoderResult().isFailure()) {
            refused(context, "not MQTT: " + packet.decoderResult().cause());
        } else if (packet.fixedHeader().messageType() == MqttMessageType.DISCONNECT
                && packet.variableHeader()
                        instanceof MqttReasonCodeAndPropertiesVariableHeader reason) {
            reasonCode = Byte.toUnsignedInt(reason.reasonCode());
        }
    }

    private void refused(ChannelHandlerContext context, String what) {
        subscribed.completeExceptionally(new IOException(id + ": " + what));
        Futures.ignore(context.close());
    }

    private static void send(ChannelHandlerContext context, MqttMessage packet) {
        Futures.ignore(context.writeAndFlush(packet));
    }

    private static MqttPubAckMessage puback(int packetId) {
        return new MqttPubAckMessage(
                new MqttFixedHeader(MqttMessageType.PUBACK, false, MqttQoS.AT_MOST_ONCE, false, 2),
                MqttMessageIdVariableHeader.from(packetId));
    }

    private static @Nullable MessageId messageId(String topic, MqttProperties properties) {
        if (topic.startsWith(TOPIC_WITH_ID)) {
            return MessageId.parse(topic.substring(TOPIC_WITH_ID.length()));
        }
        for (MqttProperties.MqttProperty<?> property :
                properties.getProperties(MqttProperties.USER_PROPERTY)) {
            if (property.value() instanceof MqttProperties.StringPair pair
                    && pair.key.equals(ID_PROPERTY)) {
                return MessageId.parse(pair.value);
            }
        }
        return null;
    }
}
