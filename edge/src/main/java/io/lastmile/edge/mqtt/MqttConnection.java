package io.lastmile.edge.mqtt;

import io.lastmile.edge.auth.Credentials;
import io.lastmile.edge.auth.PendingConnect;
import io.lastmile.edge.auth.Verdict;
import io.lastmile.edge.mqtt.ClientPacket.Auth;
import io.lastmile.edge.mqtt.ClientPacket.Connect;
import io.lastmile.edge.mqtt.ClientPacket.ConnectOfOtherVersion;
import io.lastmile.edge.mqtt.ClientPacket.Disconnect;
import io.lastmile.edge.mqtt.ClientPacket.Filter;
import io.lastmile.edge.mqtt.ClientPacket.PingRequest;
import io.lastmile.edge.mqtt.ClientPacket.Puback;
import io.lastmile.edge.mqtt.ClientPacket.Publish;
import io.lastmile.edge.mqtt.ClientPacket.Pubrel;
import io.lastmile.edge.mqtt.ClientPacket.Subscribe;
import io.lastmile.edge.mqtt.ClientPacket.Unsubscribe;
import io.lastmile.edge.mqtt.ClientPacket.Will;
import io.lastmile.edge.socket.Connection;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Transport;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.record.EventRecord.Ack;
import io.lastmile.wire.record.Proof;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one MQTT connection, of both versions.
 *
 * <pre>
 *   (no device) --CONNECT--> connected --SUBSCRIBE--> session, SUBACK once Kafka has its opened
 *        |                      ^  |                     |
 *        |                      |  +----UNSUBSCRIBE------+
 *        +-- deadline, error ---+--- DISCONNECT, error, keep alive, take-over, owner ---> closed
 * </pre>
 *
 * <p>Used only by the loop of its connection, except {@link #loop} and {@link #endSoon}.
 *
 * <p>Long because every packet of either version can come in every state, and the answers belong
 * together.
 */
public final class MqttConnection {
    private static final Logger LOG = LoggerFactory.getLogger(MqttConnection.class);
    private static final int SUBACK_FAILURE_V3 = 0x80;
    private static final int SPREAD_SECONDS = 30;
    private static final int PRIVATE_LEVEL = 0x80;
    private static final int NO_SUBSCRIPTION_EXISTED = 0x11;

    /** Short messages go to the socket together; what is more waits until it has taken these. */
    private static final int BATCH_BYTES = 16 << 10;

    private final Devices devices;
    private final Connection connection;
    private Subscriptions subscriptions = Subscriptions.NONE;
    private @Nullable DeviceId device;
    private @Nullable MqttSession session;
    private @Nullable Unwritten unwritten;
    private @Nullable AwaitedVerdict awaited;
    private byte level = PacketDecoder.LEVEL_UNKNOWN;
    private boolean over;
    private boolean unflushed;
    private boolean leaving;
    private boolean publishes;
    private char receiveMaximum;
    private char keepAliveSeconds;
    private int packetBytesMax; // without a sign; 0 for any
    private int untilSeconds; // since 1970, without a sign
    private int heardMs; // the lower half is enough: differences count

    MqttConnection(Devices devices, Connection connection) {
        this.devices = devices;
        this.connection = connection;
        this.heardMs = ms(devices.clock().nanoTime());
    }

    private static int ms(long nanoTime) {
        return (int) TimeUnit.NANOSECONDS.toMillis(nanoTime);
    }

    Devices devices() {
        return devices;
    }

    Executor loop() {
        return connection.loop();
    }

    Transport transport() {
        return connection.transport();
    }

    int level() {
        return level;
    }

    int qos() {
        return subscriptions.qos();
    }

    void received(ByteBuf bytes) {
        if (device != null) { // until CONNECT the deadline counts from accept, whatever dribbles in
            heardMs = ms(devices.clock().nanoTime());
        }
        try {
            if (awaited != null && bytes.readableBytes() > devices.settings().packetBytesMax()) {
                throw new PacketException(ReasonCode.PACKET_TOO_LARGE, "too much before CONNACK");
            }
            while (!over && awaited == null) {
                ClientPacket packet = PacketDecoder.decode(bytes, level, packetBytesTaken());
                if (packet == null) {
                    break;
                }
                on(packet);
                sendHeld(); // it is awake
            }
        } catch (PacketException e) {
            fail(e.reason(), e.text());
        }
        flush();
    }

    private int packetBytesTaken() {
        MqttSettings settings = devices.settings();
        return device == null
                ? Math.min(settings.connectBytesMax(), settings.packetBytesMax())
                : settings.packetBytesMax();
    }

    private void on(ClientPacket packet) {
        switch (packet) {
            case Connect connect -> onConnect(connect);
            case ConnectOfOtherVersion other -> onOtherVersion(other);
            case Subscribe subscribe -> onSubscribe(subscribe);
            case Unsubscribe unsubscribe -> onUnsubscribe(unsubscribe);
            case Puback puback -> onPuback(puback);
            case PingRequest ping -> write(PacketEncoder.pingresp(connection.buffers()));
            case Disconnect disconnect -> end(EndReason.CLOSED_BY_DEVICE, null, "");
            case Publish publish -> onPublish(publish);
            case Pubrel pubrel ->
                    write(PacketEncoder.pubcomp(connection.buffers(), level, pubrel.packetId()));
            case Auth auth -> fail(ReasonCode.PROTOCOL_ERROR, "no authentication is under way");
        }
    }

    private void onConnect(Connect connect) {
        level = (byte) connect.level();
        packetBytesMax = (int) connect.packetBytesMax();
        ReasonCode answer = check(connect);
        if (answer != ReasonCode.SUCCESS) {
            refuse(answer, connect.clientId());
            return;
        }
        DeviceId id = new DeviceId(connect.clientId());
        AwaitedVerdict pending = new AwaitedVerdict(connect, id, connection.origin());
        Verdict verdict = verdict(connect, pending);
        if (verdict != null) {
            decide(connect, id, verdict);
        } else {
            awaited = pending; // its loop alone gets here, so what is decided comes behind
        }
    }

    private @Nullable Verdict verdict(Connect connect, AwaitedVerdict pending) {
        try {
            return devices.authentication()
                    .check(
                            new Credentials(
                                    pending.id,
                                    connect.userName(),
                                    connect.password(),
                                    connection.certificate()),
                            pending);
        } catch (CertificateException e) {
            return new Verdict.Refused("the certificate counts no longer: " + e.getMessage());
        }
    }

    /** Its CONNECT, as long as nobody has decided whether it is who it says. */
    private final class AwaitedVerdict implements PendingConnect {
        private final Connect connect;
        private final DeviceId id;
        private final @Nullable InetAddress origin;

        AwaitedVerdict(Connect connect, DeviceId id, @Nullable InetAddress origin) {
            this.connect = connect;
            this.id = id;
            this.origin = origin;
        }

        @Override
        public @Nullable InetAddress origin() {
            return origin;
        }

        @Override
        public boolean isWelcome() {
            return devices.isWelcome(id, origin);
        }

        @Override
        public void decided(Verdict verdict) {
            onLoop(() -> {
                if (awaited == this) {
                    awaited = null;
                    decideNow(verdict);
                    flush();
                    connection.again();
                }
            });
        }

        /**
         * Since it was let in to be checked, the edge may have closed, or the device been locked.
         */
        private void decideNow(Verdict verdict) {
            ReasonCode openness = devices.openness(id);
            if (openness == ReasonCode.SUCCESS) {
                decide(connect, id, verdict);
            } else {
                refuse(openness, connect.clientId());
            }
        }
    }

    private void decide(Connect connect, DeviceId id, Verdict verdict) {
        switch (verdict) {
            case Verdict.Busy busy -> refuse(ReasonCode.SERVER_BUSY, connect.clientId());
            case Verdict.Refused refused -> refuseUnproven(id, refused.reason());
            case Verdict.Accepted accepted -> {
                untilSeconds = (int) Math.min(accepted.untilMs() / 1_000, 0xFFFF_FFFFL);
                if (accepted.untilMs() < 0 || hasEnded()) {
                    refuseUnproven(id, "what it shows has ended");
                } else {
                    admit(connect, id);
                }
            }
        }
    }

    private void refuseUnproven(DeviceId id, String reason) {
        LOG.atInfo()
                .addKeyValue("device", id)
                .addKeyValue("remote", connection::remote)
                .addKeyValue("reason", reason)
                .log("device is not who it says");
        devices.failed(id, connection.origin());
        refuse(ReasonCode.BAD_USER_NAME_OR_PASSWORD, id.value());
    }

    /** Whether what it showed at CONNECT counts no longer. */
    private boolean hasEnded() {
        return devices.clock().nowMs() / 1_000 >= Integer.toUnsignedLong(untilSeconds);
    }

    private void admit(Connect connect, DeviceId id) {
        device = id;
        heardMs = ms(devices.clock().nanoTime());
        receiveMaximum = (char) connect.receiveMaximum();
        int keepAliveMax = (int) devices.settings().keepAliveMax().toSeconds();
        boolean imposed =
                level == PacketDecoder.LEVEL_5
                        && (connect.keepAliveSeconds() == 0
                                || connect.keepAliveSeconds() > keepAliveMax);
        keepAliveSeconds = (char) (imposed ? keepAliveMax : connect.keepAliveSeconds());
        MqttConnection older = devices.enter(id, this);
        if (older != null) {
            older.endSoon(EndReason.TAKEN_OVER);
        }
        connection.arrived();
        devices.metrics().connected(ReasonCode.SUCCESS);
        LOG.atDebug()
                .addKeyValue("device", id)
                .addKeyValue("level", level)
                .addKeyValue("remote", connection::remote)
                .log("device connected");
        write(
                level == PacketDecoder.LEVEL_5
                        ? PacketEncoder.connackV5(
                                connection.buffers(),
                                devices.settings().packetBytesMax(),
                                imposed ? keepAliveMax : -1)
                        : PacketEncoder.connackV3(connection.buffers(), 0));
    }

    private ReasonCode check(Connect connect) {
        if (!DeviceId.isValid(connect.clientId())) {
            return ReasonCode.CLIENT_IDENTIFIER_NOT_VALID;
        }
        if (connect.authenticates()) {
            return ReasonCode.BAD_AUTHENTICATION_METHOD;
        }
        if (isShorter(PacketEncoder.CONNACK_BYTES_MAX)) {
            return ReasonCode.IMPLEMENTATION_SPECIFIC;
        }
        Will will = connect.will();
        if (will != null && level == PacketDecoder.LEVEL_5) {
            if (will.retain()) {
                return ReasonCode.RETAIN_NOT_SUPPORTED;
            }
            if (will.qos() > 1) {
                return ReasonCode.QOS_NOT_SUPPORTED;
            }
        }
        return devices.admission(new DeviceId(connect.clientId()), connection.origin());
    }

    private void refuse(ReasonCode reason, String clientId) {
        String text =
                switch (reason) {
                    case CLIENT_IDENTIFIER_NOT_VALID ->
                            clientId.isEmpty()
                                    ? "none is assigned here: " + DeviceId.RULE
                                    : DeviceId.RULE;
                    case SERVER_UNAVAILABLE -> "come again a little later";
                    case CONNECTION_RATE_EXCEEDED ->
                            "come again in "
                                    + ThreadLocalRandom.current().nextInt(1, SPREAD_SECONDS)
                                    + " s";
                    case SERVER_BUSY -> "come again a little later: there is no room";
                    case RETAIN_NOT_SUPPORTED, QOS_NOT_SUPPORTED ->
                            "of the will: " + reason.label();
                    default -> reason.label();
                };
        devices.metrics().connected(reason);
        LOG.atInfo()
                .addKeyValue("reason", reason.label())
                .addKeyValue("remote", connection::remote)
                .log("device refused");
        write(
                level == PacketDecoder.LEVEL_5
                        ? PacketEncoder.connackV5(
                                connection.buffers(),
                                reason,
                                text,
                                Integer.toUnsignedLong(packetBytesMax))
                        : PacketEncoder.connackV3(connection.buffers(), reason.connackCodeV3()));
        connection.arrived();
        close();
    }

    private void onOtherVersion(ConnectOfOtherVersion other) {
        // A bridge of mosquitto asks with the highest bit set, and again without it when it hears
        // this answer of MQTT 3.1.1.
        int asked = other.level() & ~PRIVATE_LEVEL;
        boolean older = asked < PacketDecoder.LEVEL_5 || !other.protocol().equals("MQTT");
        level = (byte) (older ? PacketDecoder.LEVEL_3 : PacketDecoder.LEVEL_5);
        refuse(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "");
    }

    private void onSubscribe(Subscribe subscribe) {
        int[] codes = new int[subscribe.filters().size()];
        boolean granted = false;
        for (int i = 0; i < codes.length; i++) {
            Filter wanted = subscribe.filters().get(i);
            InboxFilter filter = InboxFilter.of(wanted.topicFilter());
            if (filter != null && !subscribe.identified()) {
                codes[i] = Math.min(wanted.qos(), 1);
                subscriptions = subscriptions.with(filter, codes[i]);
                granted = true;
            } else {
                ReasonCode reason =
                        filter != null
                                ? ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED
                                : InboxFilter.refusal(wanted.topicFilter());
                codes[i] = level == PacketDecoder.LEVEL_5 ? reason.code() : SUBACK_FAILURE_V3;
            }
        }
        int packetId = subscribe.packetId();
        if (granted) {
            openedSession().whenReachable(() -> suback(packetId, codes));
        } else {
            suback(packetId, codes);
        }
    }

    private void suback(int packetId, int[] codes) {
        write(PacketEncoder.suback(connection.buffers(), level, packetId, codes));
        flush();
    }

    /** The session, opened now if there is none. */
    private MqttSession openedSession() {
        MqttSession current = session;
        if (current != null && !current.isEnding()) {
            return current;
        }
        DeviceId id = connectedDevice();
        MqttSettings settings = devices.settings();
        MqttSession next =
                new MqttSession(
                        this,
                        devices.life(),
                        id,
                        Partitions.of(id, settings.partitions()),
                        Math.min(receiveMaximum, settings.windowMessages()));
        if (current != null) {
            next.continuePacketIdsOf(current);
        }
        session = next;
        next.open();
        return next;
    }

    /** Whose it is, from CONNECT on. */
    DeviceId connectedDevice() {
        if (device == null) {
            throw new IllegalStateException("the decoder lets nothing pass before CONNECT");
        }
        return device;
    }

    private void onUnsubscribe(Unsubscribe unsubscribe) {
        int[] codes = new int[unsubscribe.topicFilters().size()];
        for (int i = 0; i < codes.length; i++) {
            InboxFilter filter = InboxFilter.of(unsubscribe.topicFilters().get(i));
            codes[i] = NO_SUBSCRIPTION_EXISTED;
            if (filter != null && subscriptions.has(filter)) {
                subscriptions = subscriptions.without(filter);
                codes[i] = 0;
            }
        }
        if (subscriptions.isEmpty() && session != null) {
            backToTheInbox();
            flush();
            if (unwritten != null) {
                unwritten.offsetsAtQos0.clear(); // the next session may be given the same again
            }
            session.endWith(EndReason.UNSUBSCRIBED);
        }
        write(PacketEncoder.unsuback(connection.buffers(), level, unsubscribe.packetId(), codes));
    }

    private void onPuback(Puback puback) {
        Ack ack = null;
        if (session != null) {
            ack = session.puback(puback.packetId(), puback.reasonCode(), devices.clock().nowMs());
        }
        if (ack == null) {
            devices.metrics().strayPuback();
        } else {
            add(ack);
            leaveIfDone();
        }
    }

    /**
     * Nobody gets what a device publishes. It is answered all the same: one whose connection were
     * closed for it would come again with it, for ever.
     */
    private void onPublish(Publish publish) {
        devices.metrics().dropped(publish.qos());
        if (!publishes) {
            publishes = true;
            LOG.atInfo()
                    .addKeyValue("device", device)
                    .addKeyValue("remote", connection::remote)
                    .addKeyValue("qos", publish.qos())
                    .log("device publishes, and nobody gets it");
        }
        if (publish.qos() > 0) {
            write(
                    PacketEncoder.answerToDropped(
                            connection.buffers(), level, publish.qos(), publish.packetId()));
        }
    }

    /** Sends a message of its session, now or later; {@link #flush} is to follow. */
    void publish(MqttSession from, Deliver frame) {
        if (over || from != session) {
            return; // the session is ending or about to: its messages go back to the inbox
        }
        Holding holding = devices.holding();
        long boundMs = holding.boundMs(frame);
        if (boundMs > 0 && holding.take(frame)) {
            unwritten().held.add(frame, devices.clock().nowMs(), boundMs);
        } else {
            sendHeld();
            sendInTurn(from, frame);
        }
    }

    /** Sends what waited for the device's next own packet, in front of everything else. */
    private void sendHeld() {
        long nowMs = devices.clock().nowMs();
        for (Deliver frame : takeHeld(nowMs)) {
            if (session != null) {
                sendInTurn(session, frame);
            }
        }
    }

    /** Sends it, or lets it wait where the socket is full. */
    private void sendInTurn(MqttSession from, Deliver frame) {
        Unwritten current = unwritten;
        if (current != null && (current.flushAwaited || !current.line.isEmpty())) {
            current.line.add(frame, devices.clock().nowMs());
            return;
        }
        send(from, frame);
        if (unwritten().batchBytes >= BATCH_BYTES) {
            flushSocket();
        }
    }

    /** The socket has taken what was sent: those that waited for it follow, as long as it goes. */
    private void sendWaiting() {
        Unwritten current = unwritten;
        while (current != null && session != null && !current.flushAwaited) {
            Deliver next = current.line.poll(devices.clock().nowMs());
            if (next == null) {
                return;
            }
            send(session, next);
            if (current.batchBytes >= BATCH_BYTES || current.line.isEmpty()) {
                flushSocket();
            }
        }
    }

    /** What the device was not given goes back with the session. */
    private void backToTheInbox() {
        var _ = takeHeld(devices.clock().nowMs());
        if (unwritten != null) {
            unwritten.line.clear();
        }
    }

    private List<Deliver> takeHeld(long nowMs) {
        if (unwritten == null || unwritten.held.isEmpty()) {
            return List.of();
        }
        List<Deliver> taken = unwritten.held.take(nowMs);
        taken.forEach(devices.holding()::giveBack);
        return taken;
    }

    private void send(MqttSession from, Deliver frame) {
        int qos = subscriptions.qos();
        String topic = subscriptions.showId() ? "inbox/" + frame.id() : "inbox";
        ByteBuf packet =
                PacketEncoder.publish(
                        connection.buffers(),
                        level,
                        topic,
                        qos == 0 ? 0 : from.packetId(frame.offset()),
                        frame.id(),
                        frame.expiresInMs(),
                        frame.message(),
                        Integer.toUnsignedLong(packetBytesMax));
        if (packet == null) {
            int code = ReasonCode.PACKET_TOO_LARGE.code();
            add(from.settle(frame.offset(), Proof.NONE, code, devices.clock().nowMs()));
            unflushed = true;
            return;
        }
        int packetBytes = packet.readableBytes();
        write(packet);
        from.sent(frame.offset(), packetBytes, devices.clock().nowMs());
        unwritten().batchBytes += packetBytes;
        devices.metrics().published(qos);
        if (qos == 0) {
            unwritten().offsetsAtQos0.add(frame.offset());
        }
    }

    /** Whether the longest packet that the device takes is shorter. */
    private boolean isShorter(int packetBytes) {
        return packetBytesMax != 0 && Integer.compareUnsigned(packetBytesMax, packetBytes) < 0;
    }

    /** What is longer than the device takes counts as written (MQTT-3.1.2-25). */
    private void write(ByteBuf packet) {
        if (over || isShorter(packet.readableBytes())) {
            packet.release();
            return;
        }
        connection.write(packet);
        unflushed = true;
    }

    /** Sends what was written and hands on what was acknowledged. */
    void flush() {
        if (unflushed) {
            flushSocket();
        }
        writeAcks();
    }

    private void flushSocket() {
        unflushed = false;
        if (unwritten != null) {
            unwritten.batchBytes = 0;
        }
        if (connection.flush()) {
            settleQos0();
        } else {
            unwritten().flushAwaited = true;
        }
    }

    void flushed() {
        if (unwritten != null) {
            unwritten.flushAwaited = false;
        }
        settleQos0();
        sendWaiting();
        flush();
        leaveIfDone();
    }

    /** At QoS 0 a message is acknowledged when the socket has taken its bytes. */
    private void settleQos0() {
        if (unwritten == null) {
            return;
        }
        List<Long> offsets = unwritten.offsetsAtQos0;
        if (session != null) {
            long nowMs = devices.clock().nowMs();
            for (long offset : offsets) {
                add(session.settle(offset, Proof.SENT, 0, nowMs));
            }
        }
        offsets.clear();
    }

    private Unwritten unwritten() {
        Unwritten current = unwritten;
        if (current == null) {
            current = new Unwritten();
            unwritten = current;
        }
        return current;
    }

    private void add(@Nullable Ack ack) {
        if (ack != null) {
            devices.metrics().acked(ack);
            unwritten().acks.add(ack);
        }
    }

    /** One event for everything that was acknowledged in one go. */
    private void writeAcks() {
        Unwritten current = unwritten;
        if (current == null) {
            return;
        }
        if (session != null && !current.acks.isEmpty()) {
            session.writeAcks(List.copyOf(current.acks));
        }
        current.acks.clear();
        if (current.isNothing()) {
            unwritten = null;
        }
    }

    void swept(long nanoTime) {
        int silentMs = ms(nanoTime) - heardMs;
        if (device == null) {
            if (silentMs > devices.settings().connectDeadline().toMillis()) {
                devices.metrics().noConnect(NoConnect.DEADLINE);
                LOG.atDebug().addKeyValue("remote", connection::remote).log("no CONNECT in time");
                close();
            }
        } else if (keepAliveSeconds > 0 && silentMs > keepAliveSeconds * 1_500) {
            end(EndReason.KEEP_ALIVE);
        } else if (hasEnded()) {
            end(EndReason.REVOKED);
        } else if (isOverdue(nanoTime)) {
            end(EndReason.ACK_DEADLINE);
        } else if (unwritten != null && unwritten.held.isDue(devices.clock().nowMs())) {
            sendHeld();
            flush();
        }
    }

    /** What has not reached the device's system is not the device's to acknowledge. */
    private boolean isOverdue(long nanoTime) {
        return session != null
                && session.unacknowledged() > 0
                && session.isOverdue(
                        TimeUnit.NANOSECONDS.toMillis(nanoTime),
                        connection.unacknowledgedBytes(),
                        devices.settings().ackDeadline().toMillis());
    }

    void stalled() {
        end(EndReason.SLOW);
    }

    void closed(boolean broken) {
        if (device == null && !over) {
            devices.metrics().noConnect(NoConnect.CLOSED);
        }
        finish(broken ? EndReason.CONNECTION_LOST : EndReason.CLOSED_BY_DEVICE);
    }

    private void fail(ReasonCode reason, String text) {
        devices.metrics().protocolError(reason);
        if (device == null) {
            devices.metrics().noConnect(NoConnect.PROTOCOL_ERROR);
        }
        LOG.atInfo()
                .addKeyValue("device", device)
                .addKeyValue("remote", connection::remote)
                .addKeyValue("reason", reason.label())
                .addKeyValue("text", text)
                .log("device broke the protocol");
        end(EndReason.PROTOCOL_ERROR, reason, text);
    }

    /** Ends it from any thread. */
    void endSoon(EndReason reason) {
        onLoop(() -> end(reason));
    }

    private void onLoop(Runnable task) {
        try {
            loop().execute(() -> {
                if (!devices.task().run(task)) {
                    connection.end(); // half of it was done
                }
            });
        } catch (RejectedExecutionException e) {
            return; // its loop has stopped, and it with it
        }
    }

    /** Ends it from any thread: somebody wants it closed. */
    void revokeSoon() {
        onLoop(() -> end(EndReason.REVOKED, ReasonCode.ADMINISTRATIVE_ACTION, "disconnected"));
    }

    /**
     * Ends it, from any thread, after a while and without a duplicate: it is given nothing more,
     * and closed when it has acknowledged what it has.
     */
    void leaveAfter(long delayMs) {
        try {
            CompletableFuture.delayedExecutor(delayMs, TimeUnit.MILLISECONDS, loop())
                    .execute(() -> devices.task().run(this::leave));
        } catch (RejectedExecutionException e) {
            return;
        }
    }

    private void leave() {
        leaving = true;
        if (session != null) {
            session.takeNoMore();
        }
        sendHeld();
        flush();
        leaveIfDone();
    }

    private void leaveIfDone() {
        if (leaving && !over && (session == null || session.unacknowledged() == 0)) {
            end(EndReason.EDGE_STOPPING);
        }
    }

    /** Ends it if this is still its session. */
    void endOf(MqttSession which, EndReason reason) {
        if (which == session) {
            end(reason);
        }
    }

    /** Ends it and tells an MQTT 5 device why. */
    void end(EndReason reason) {
        ReasonCode code =
                switch (reason) {
                    case CLOSED_BY_DEVICE, CONNECTION_LOST, UNSUBSCRIBED -> ReasonCode.SUCCESS;
                    case TAKEN_OVER -> ReasonCode.SESSION_TAKEN_OVER;
                    case KEEP_ALIVE -> ReasonCode.KEEP_ALIVE_TIMEOUT;
                    case ACK_DEADLINE -> ReasonCode.IMPLEMENTATION_SPECIFIC;
                    case PROTOCOL_ERROR -> ReasonCode.PROTOCOL_ERROR;
                    case EDGE_STOPPING, EDGE_CUT_OFF -> ReasonCode.SERVER_SHUTTING_DOWN;
                    case REVOKED -> ReasonCode.NOT_AUTHORIZED;
                    case SLOW -> ReasonCode.QUOTA_EXCEEDED;
                };
        end(reason, code, reason.label());
    }

    private void end(EndReason reason, @Nullable ReasonCode code, String text) {
        if (over) {
            return;
        }
        if (level == PacketDecoder.LEVEL_5 && code != null && device != null) {
            write(
                    PacketEncoder.disconnect(
                            connection.buffers(),
                            code,
                            text,
                            Integer.toUnsignedLong(packetBytesMax)));
        }
        flush();
        finish(reason);
        connection.end();
    }

    private void close() {
        flush();
        stop();
        connection.end();
    }

    private void stop() {
        over = true;
        if (awaited != null) {
            devices.authentication().forget(awaited);
            awaited = null;
        }
    }

    /** Leaves nothing behind but a session that writes its last events. */
    private void finish(EndReason reason) {
        stop();
        backToTheInbox();
        writeAcks();
        if (session != null) {
            session.endWith(reason);
        }
        if (device != null) {
            devices.leave(device, this);
        }
    }
}
