package io.lastmile.edge.mqtt;

import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.auth.Credentials;
import io.lastmile.edge.auth.PendingConnect;
import io.lastmile.edge.session.ChannelSettings;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.DeviceSettings;
import io.lastmile.edge.session.HoldSettings;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.session.Session;
import io.lastmile.edge.session.Verdict;
import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.hop.HopFrame.Announce;
import io.lastmile.wire.hop.HopFrame.CloseSession;
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
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An edge's MQTT side with clock, log and sockets in the test's hand. */
final class MqttWorld {
    static final int PARTITIONS = 4;
    static final DeviceSettings SETTINGS =
            new DeviceSettings(
                    16,
                    60_000,
                    4_096,
                    1_200,
                    new DeviceSettings.Connects(3, 10, 5, 1_024, 10_000),
                    new HoldSettings(20_000, 5_000, 0, 100),
                    new ChannelSettings(ChannelSettings.Subscribing.ANY, false, 100));

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
        private final DeviceHeart heart;

        Device(MqttVersion version) {
            this.version = version;
            codec = new OtherCodec(version);
            heart = devices.opened(connection);
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
            devices.received(heart, connection, bytes);
        }

        void sweep() {
            devices.swept(heart, clock.nanoTime());
        }

        void flushed() {
            connection.socketFull = false;
            connection.flush();
            devices.flushed(heart);
        }

        /** The socket has taken everything and takes no more. */
        void flushedAndFull() {
            devices.flushed(heart);
        }

        void unsubscribe(String filter) {
            send(MqttMessageBuilders.unsubscribe().messageId(2).addTopicFilter(filter).build());
        }

        void ping() {
            send(MqttMessage.PINGREQ);
        }

        void closedByDevice() {
            devices.closed(heart, false);
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
        Session subscribed(String clientId, String filter, MqttQoS qos) {
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

        Session session(String clientId) {
            DeviceId device = new DeviceId(clientId);
            return life.sessions().inPartition(Partitions.of(device, PARTITIONS)).stream()
                    .filter(session -> session.device().equals(device))
                    .max(Comparator.comparingLong(Session::number))
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

    /** The owner gives the session a message: whether it is here. */
    boolean give(Session session, Deliver frame) {
        return session.heart().take(session, frame, nowMs) == null;
    }

    void finishGiving(Session session) {
        session.heart().flush(nowMs);
    }

    /** The owner wants the session closed. */
    void close(Session session, EndReason reason) {
        var _ =
                session.heart()
                        .take(
                                session,
                                new CloseSession(session.partition(), 1, session.number(), reason),
                                nowMs);
    }

    void announceAgain(Session session) {
        var _ =
                session.heart()
                        .take(
                                session,
                                new Announce(session.partition(), 1, session.number()),
                                nowMs);
    }

    static Deliver deliver(Session session, long offset, String payload) {
        return deliver(session, offset, payload, Urgency.NORMAL);
    }

    static Deliver deliver(Session session, long offset, String payload, Urgency urgency) {
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
