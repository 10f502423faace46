package io.lastmile.edge.mqtt;

import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.auth.Credentials;
import io.lastmile.edge.auth.PendingConnect;
import io.lastmile.edge.auth.Verdict;
import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An edge's MQTT side with clock, log and sockets in the test's hand. */
final class MqttWorld {
    static final int PARTITIONS = 4;
    static final MqttSettings SETTINGS =
            new MqttSettings(
                    PARTITIONS,
                    16,
                    Duration.ofSeconds(60),
                    4_096,
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(20),
                    3,
                    1_024,
                    10,
                    5,
                    new HoldSettings(
                            Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ZERO, 100));

    final HandEvents events = new HandEvents();
    final Life life = Life.begin(new Incarnation("edge-1", 7), PARTITIONS);
    long nowMs = 1_000_000;
    boolean kafkaReachable = true;
    final Set<DeviceId> revoked = new HashSet<>();
    Authentication authentication = Authentication.NONE;

    private final Clock clock =
            new Clock() {
                @Override
                public long nowMs() {
                    return nowMs;
                }

                @Override
                public long nanoTime() {
                    return nowMs * 1_000_000;
                }
            };
    private final Metrics metrics = new Metrics();
    final Devices devices =
            new Devices(
                    SETTINGS,
                    life,
                    clock,
                    events,
                    () -> kafkaReachable,
                    revoked::contains,
                    new Authentication() {
                        @Override
                        public @Nullable Verdict check(
                                Credentials credentials, PendingConnect connect) {
                            return authentication.check(credentials, connect);
                        }

                        @Override
                        public void forget(PendingConnect connect) {
                            authentication.forget(connect);
                        }
                    },
                    metrics);

    /** What a counter has come to, over all its labels. */
    int counted(String name) {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** A device of this version with an open socket. */
    Device device(MqttVersion version) {
        return new Device(version);
    }

    /** The other end of a connection. */
    final class Device {
        final FakeConnection connection = new FakeConnection();
        private final MqttVersion version;
        private final OtherCodec codec;
        private final MqttConnection peer;

        Device(MqttVersion version) {
            this.version = version;
            codec = new OtherCodec(version);
            peer = devices.opened(connection);
        }

        MqttMessageBuilders.ConnectBuilder connect(String clientId) {
            return MqttMessageBuilders.connect()
                    .protocolVersion(version)
                    .clientId(clientId)
                    .keepAlive(60);
        }

        void send(MqttMessage message) {
            received(codec.encode(message));
        }

        void received(ByteBuf bytes) {
            devices.received(peer, connection, bytes);
        }

        void sweep() {
            devices.swept(peer, clock.nanoTime());
        }

        void flushed() {
            connection.socketFull = false;
            connection.flush();
            devices.flushed(peer);
        }

        /** The socket has taken everything and takes no more. */
        void flushedAndFull() {
            devices.flushed(peer);
        }

        void unsubscribe(String filter) {
            send(MqttMessageBuilders.unsubscribe().messageId(2).addTopicFilter(filter).build());
        }

        void ping() {
            send(MqttMessage.PINGREQ);
        }

        void closedByDevice() {
            devices.closed(peer, false);
        }

        List<MqttMessage> take() {
            return codec.decode(connection.takeSent());
        }

        MqttMessage takeOne() {
            return codec.decodeOne(connection.takeSent());
        }

        int connectedWith(MqttMessageBuilders.ConnectBuilder connect) {
            send(connect.build());
            return ((MqttConnAckMessage) takeOne()).variableHeader().connectReturnCode().byteValue()
                    & 0xff;
        }

        /** Connects, subscribes, and has its opened confirmed. */
        MqttSession subscribed(String clientId, String filter, MqttQoS qos) {
            if (connectedWith(connect(clientId)) != 0) {
                throw new AssertionError("refused");
            }
            subscribe(filter, qos);
            confirm();
            if (!(takeOne() instanceof MqttSubAckMessage)) {
                throw new AssertionError("no SUBACK");
            }
            return session(clientId);
        }

        void subscribe(String filter, MqttQoS qos) {
            send(MqttMessageBuilders.subscribe().messageId(1).addSubscription(qos, filter).build());
        }

        void confirm() {
            events.confirmAll();
            connection.runLoop();
        }

        MqttSession session(String clientId) {
            DeviceId device = new DeviceId(clientId);
            return life.sessions().inPartition(Partitions.of(device, PARTITIONS)).stream()
                    .filter(session -> session.device().equals(device))
                    .max(Comparator.comparingLong(MqttSession::number))
                    .orElseThrow();
        }

        void puback(int packetId, int reason) {
            MqttFixedHeader head =
                    new MqttFixedHeader(
                            MqttMessageType.PUBACK, false, MqttQoS.AT_MOST_ONCE, false, 0);
            send(
                    reason == 0
                            ? new MqttMessage(head, MqttMessageIdVariableHeader.from(packetId))
                            : new MqttMessage(
                                    head,
                                    new MqttPubReplyMessageVariableHeader(
                                            packetId,
                                            (byte) reason,
                                            MqttProperties.NO_PROPERTIES)));
        }

        MqttPublishMessage publish() {
            return (MqttPublishMessage) takeOne();
        }

        /** The reason of the DISCONNECT that came last. */
        int disconnectReason() {
            MqttMessage last = take().getLast();
            if (last.fixedHeader().messageType() != MqttMessageType.DISCONNECT) {
                throw new AssertionError("no DISCONNECT but " + last);
            }
            return ((MqttReasonCodeAndPropertiesVariableHeader) last.variableHeader()).reasonCode()
                    & 0xff;
        }
    }

    static Deliver deliver(MqttSession session, long offset, String payload) {
        return deliver(session, offset, payload, Urgency.NORMAL);
    }

    static Deliver deliver(MqttSession session, long offset, String payload, Urgency urgency) {
        int partition = Partitions.of(session.device(), PARTITIONS);
        return new Deliver(
                partition,
                1,
                session.number(),
                offset,
                new MessageId(partition, offset),
                60_000,
                new Message(
                        session.device(),
                        Payload.ofText(payload),
                        null,
                        Message.ABSENT,
                        null,
                        urgency,
                        null,
                        Message.ABSENT,
                        null,
                        null,
                        Message.ABSENT,
                        null,
                        null,
                        List.of()));
    }
}
