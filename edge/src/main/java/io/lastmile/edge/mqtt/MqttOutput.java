package io.lastmile.edge.mqtt;

import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.auth.Credentials;
import io.lastmile.edge.auth.PendingConnect;
import io.lastmile.edge.session.Admission;
import io.lastmile.edge.session.ClientPacket.Connect;
import io.lastmile.edge.session.ClientPacket.Publish;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.EventSink;
import io.lastmile.edge.session.Given;
import io.lastmile.edge.session.NoConnect;
import io.lastmile.edge.session.Output;
import io.lastmile.edge.session.ReasonCode;
import io.lastmile.edge.session.Session;
import io.lastmile.edge.session.Verdict;
import io.lastmile.edge.socket.Connection;
import io.lastmile.node.Clock;
import io.lastmile.node.Task;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Does what the hearts say: packets become bytes of their connections, events go to their sink, and
 * what is to be counted or logged is. It keeps nothing of any connection.
 */
final class MqttOutput implements Output {
    private static final Logger LOG = LoggerFactory.getLogger(MqttOutput.class);
    private static final int SPREAD_SECONDS = 30;

    private final Clock clock;
    private final EventSink events;
    private final Authentication authentication;
    private final Admission admission;
    private final int packetBytesMax;
    private final MqttMetrics metrics;
    private final Task task;

    /**
     * Nothing is done yet.
     *
     * @param packetBytesMax the longest packet that is taken from a device
     * @param task what others have connections do, on their loops
     */
    MqttOutput(
            Clock clock,
            EventSink events,
            Authentication authentication,
            Admission admission,
            int packetBytesMax,
            MqttMetrics metrics,
            Task task) {
        this.clock = clock;
        this.events = events;
        this.authentication = authentication;
        this.admission = admission;
        this.packetBytesMax = packetBytesMax;
        this.metrics = metrics;
        this.task = task;
    }

    private static Connection connection(DeviceHeart heart) {
        return Connection.of(heart.link());
    }

    private static ByteBufAllocator buffers(DeviceHeart heart) {
        return connection(heart).buffers();
    }

    private static boolean isMqtt5(DeviceHeart heart) {
        return heart.level() == DeviceHeart.LEVEL_5;
    }

    private static LoggingEventBuilder about(LoggingEventBuilder line, DeviceHeart heart) {
        return line.addKeyValue("device", heart.device())
                .addKeyValue("remote", connection(heart)::remote);
    }

    /** Does something with a connection, on its loop and from any thread. */
    void soon(DeviceHeart heart, Runnable action) {
        try {
            connection(heart)
                    .loop()
                    .execute(() -> {
                        if (!task.run(action)) {
                            heart.link().end(); // half of it was done
                        }
                    });
        } catch (RejectedExecutionException e) {
            return; // its loop has stopped, and it with it
        }
    }

    /** What is longer than the device takes counts as written (MQTT-3.1.2-25). */
    private static void write(DeviceHeart heart, ByteBuf packet) {
        if (heart.packetBytesMax() != 0 && heart.packetBytesMax() < packet.readableBytes()) {
            packet.release();
        } else {
            connection(heart).write(packet);
        }
    }

    @Override
    public void connected(DeviceHeart heart, int serverKeepAliveSeconds) {
        metrics.connected(ReasonCode.SUCCESS);
        about(LOG.atDebug(), heart).addKeyValue("level", heart.level()).log("device connected");
        connection(heart).arrived();
        write(
                heart,
                isMqtt5(heart)
                        ? PacketEncoder.connackV5(
                                buffers(heart), packetBytesMax, serverKeepAliveSeconds)
                        : PacketEncoder.connackV3(buffers(heart), 0));
    }

    @Override
    public void refused(DeviceHeart heart, ReasonCode reason, String clientId) {
        metrics.connected(reason);
        about(LOG.atInfo(), heart).addKeyValue("reason", reason.label()).log("device refused");
        write(
                heart,
                isMqtt5(heart)
                        ? PacketEncoder.connackV5(
                                buffers(heart),
                                reason,
                                inWords(reason, clientId),
                                heart.packetBytesMax())
                        : PacketEncoder.connackV3(buffers(heart), reason.connackCodeV3()));
        connection(heart).arrived();
    }

    private static String inWords(ReasonCode reason, String clientId) {
        return switch (reason) {
            case CLIENT_IDENTIFIER_NOT_VALID ->
                    clientId.isEmpty() ? "none is assigned here: " + DeviceId.RULE : DeviceId.RULE;
            case SERVER_UNAVAILABLE -> "come again a little later";
            case CONNECTION_RATE_EXCEEDED ->
                    "come again in "
                            + ThreadLocalRandom.current().nextInt(1, SPREAD_SECONDS)
                            + " s";
            case SERVER_BUSY -> "come again a little later: there is no room";
            case RETAIN_NOT_SUPPORTED, QOS_NOT_SUPPORTED -> "of the will: " + reason.label();
            default -> reason.label();
        };
    }

    @Override
    public void suback(DeviceHeart heart, int packetId, int[] codes) {
        write(heart, PacketEncoder.suback(buffers(heart), heart.level(), packetId, codes));
    }

    @Override
    public void unsuback(DeviceHeart heart, int packetId, int[] codes) {
        write(heart, PacketEncoder.unsuback(buffers(heart), heart.level(), packetId, codes));
    }

    @Override
    public void pingresp(DeviceHeart heart) {
        write(heart, PacketEncoder.pingresp(buffers(heart)));
    }

    @Override
    public void dropped(DeviceHeart heart, Publish publish, boolean first) {
        int qos = publish.qos();
        metrics.dropped(qos);
        if (first) {
            about(LOG.atInfo(), heart)
                    .addKeyValue("qos", qos)
                    .log("device publishes, and nobody gets it");
        }
        if (qos > 0) {
            write(
                    heart,
                    PacketEncoder.answerToDropped(
                            buffers(heart), heart.level(), qos, publish.packetId()));
        }
    }

    @Override
    public void pubcomp(DeviceHeart heart, int packetId) {
        write(heart, PacketEncoder.pubcomp(buffers(heart), heart.level(), packetId));
    }

    @Override
    public int publish(DeviceHeart heart, Given given, int packetId, int topic) {
        ByteBuf packet =
                switch (given) {
                    case Given.Single single -> encode(heart, single, packetId, topic);
                    case Given.Copy copy ->
                            SharedPublish.of(copy, heart.level(), topic, packetId > 0)
                                    .packet(
                                            buffers(heart),
                                            packetId,
                                            copy.expiresInMs(),
                                            heart.packetBytesMax());
                };
        if (packet == null) {
            return TOO_LONG;
        }
        int bytes = packet.readableBytes();
        connection(heart).write(packet);
        metrics.published(packetId > 0 ? 1 : 0);
        return bytes;
    }

    private static @Nullable ByteBuf encode(
            DeviceHeart heart, Given.Single given, int packetId, int topic) {
        return PacketEncoder.publish(
                buffers(heart),
                heart.level(),
                given.topicName(topic),
                packetId,
                new PacketEncoder.Content(
                        given.frame().id(), given.expiresInMs(), given.message(), null),
                heart.packetBytesMax());
    }

    @Override
    public void disconnect(DeviceHeart heart, ReasonCode reason, String text) {
        write(
                heart,
                PacketEncoder.disconnect(buffers(heart), reason, text, heart.packetBytesMax()));
    }

    @Override
    public void write(Session session, EventRecord event) {
        if (event instanceof EventRecord.Acked acked) {
            acked.acks().forEach(metrics::acked);
        }
        DeviceHeart heart = session.heart();
        events.write(
                session.device(),
                session.partition(),
                event,
                offset ->
                        confirm(
                                heart,
                                () -> heart.confirmed(session, event, offset, clock.nowMs())));
    }

    @Override
    public void acknowledge(Session session, long offset, CopiesAckedRecord.Ack ack) {
        metrics.acked(ack.ofMessage(offset));
        DeviceHeart heart = session.heart();
        events.acknowledge(
                session.partition(),
                session.id().edge(),
                offset,
                ack,
                at -> confirm(heart, () -> heart.copyConfirmed(session, clock.nowMs())));
    }

    private static void confirm(DeviceHeart heart, Runnable action) {
        try {
            connection(heart).loop().execute(action);
        } catch (RejectedExecutionException e) {
            // The process has stopped its loops: nobody is left who would want to know.
            return;
        }
    }

    @Override
    public void hasten() {
        events.hasten();
    }

    @Override
    public Verdict authenticate(DeviceHeart heart, Connect connect, DeviceId device) {
        NameAndPassword login = (NameAndPassword) connect.login();
        AwaitedVerdict later = new AwaitedVerdict(this, heart, device, connection(heart).origin());
        try {
            Verdict now =
                    authentication.check(
                            new Credentials(
                                    device,
                                    login.userName(),
                                    login.password(),
                                    connection(heart).certificate()),
                            later);
            return now == null ? later : now;
        } catch (CertificateException e) {
            return new Verdict.Refused("the certificate counts no longer: " + e.getMessage());
        }
    }

    /** Nobody has decided yet whether it is who it says. */
    private record AwaitedVerdict(
            MqttOutput output, DeviceHeart heart, DeviceId device, @Nullable InetAddress origin)
            implements PendingConnect, Verdict.Later {
        @Override
        public boolean isWelcome() {
            long network = Connection.networkOf(origin);
            return output.admission.isWelcome(device, network, output.clock.nanoTime());
        }

        @Override
        public void decided(Verdict verdict) {
            Clock clock = output.clock;
            output.soon(
                    heart,
                    () -> {
                        heart.decided(this, verdict, clock.nowMs(), clock.nanoTime());
                        connection(heart).again();
                    });
        }

        @Override
        public void forget() {
            output.authentication.forget(this);
        }
    }

    @Override
    public void takeOver(DeviceHeart older) {
        soon(older, () -> older.end(EndReason.TAKEN_OVER, clock.nowMs()));
    }

    @Override
    public void unproven(DeviceHeart heart, DeviceId device, String reason) {
        LOG.atInfo()
                .addKeyValue("device", device)
                .addKeyValue("remote", connection(heart)::remote)
                .addKeyValue("reason", reason)
                .log("device is not who it says");
    }

    @Override
    public void broke(DeviceHeart heart, ReasonCode reason, String text) {
        metrics.protocolError(reason);
        about(LOG.atInfo(), heart)
                .addKeyValue("reason", reason.label())
                .addKeyValue("text", text)
                .log("device broke the protocol");
    }

    @Override
    public void noConnect(DeviceHeart heart, NoConnect why) {
        metrics.noConnect(why);
        if (why == NoConnect.DEADLINE) {
            about(LOG.atDebug(), heart).log("no CONNECT in time");
        }
    }

    @Override
    public void strayPuback(DeviceHeart heart) {
        metrics.strayPuback();
    }

    @Override
    public void ended(Session session, EndReason reason) {
        metrics.ended(reason);
    }
}
