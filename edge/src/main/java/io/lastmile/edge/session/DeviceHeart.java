package io.lastmile.edge.session;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.hop.HopFrame.NotHere;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.EventRecord.Ack;
import io.lastmile.wire.record.Proof;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides everything about one device's connection, from its socket's opening to its close, in MQTT
 * 3.1.1 and 5. It is told what happens, with the time, and says what to do to its {@link Link} and
 * {@link Output}; it is all that an edge keeps of an idle connection besides the socket. Used only
 * by the loop of its connection, except {@link #link}.
 *
 * <pre>
 *   state       what comes                                    next         what it does
 *   ARRIVED     CONNECT, accepted at once                     CONNECTED    CONNACK, take-over
 *               CONNECT, verdict later                        Asking       a question
 *               CONNECT that is refused, other version        OVER         CONNACK, close
 *               another packet, noise, deadline, close        OVER         close
 *   Asking      verdict: accepted                             CONNECTED    CONNACK, take-over
 *               verdict: refused or busy, edge not open now   OVER         CONNACK, close
 *               too many bytes, deadline, close               OVER         forgets the question
 *   CONNECTED   SUBSCRIBE of the inbox                        SUBSCRIBED   opened; SUBACK confirmed
 *               drain                                         OVER         DISCONNECT
 *   SUBSCRIBED  SUBSCRIBE of the inbox                        SUBSCRIBED   SUBACK once reachable
 *               a message                                     SUBSCRIBED   PUBLISH, held, or in line
 *               own packet, urgent message, tick              SUBSCRIBED   PUBLISH of what is held
 *               the socket took everything                    SUBSCRIBED   acked at QoS 0; the line
 *               PUBACK                                        SUBSCRIBED   acked
 *               UNSUBSCRIBE of the last filter                CONNECTED    session ends, UNSUBACK
 *               drain, nothing unacknowledged                 OVER         DISCONNECT
 *               drain, else                                   LEAVING      PUBLISH of what is held
 *               a message without room                        OVER         DISCONNECT
 *   LEAVING     all acknowledged, or unsubscribed             OVER         DISCONNECT
 *   all these   DISCONNECT, error, keep alive, ack deadline,  OVER         DISCONNECT, acked,
 *   but the     no more bytes taken, newer connection,                     session ends
 *   first two   revoked, proof's end, edge stops, close
 *   OVER        a message                                     OVER         is not here
 * </pre>
 *
 * <p>The {@code ended} of a session that ends is written once Kafka has everything else of it, also
 * when the connection is long over.
 *
 * <p>Long because every packet of either version can come in every state, and the answers belong
 * together.
 */
public final class DeviceHeart {
    /** The level before CONNECT has said which. */
    public static final int LEVEL_UNKNOWN = 0;

    /** MQTT 3.1.1. */
    public static final int LEVEL_3 = 4;

    /** MQTT 5. */
    public static final int LEVEL_5 = 5;

    /** What the longest CONNACK of MQTT 5 that says yes takes. */
    public static final int CONNACK_BYTES_MAX = 26;

    private static final int SUBACK_FAILURE_V3 = 0x80;
    private static final int PRIVATE_LEVEL = 0x80;
    private static final int NO_SUBSCRIPTION_EXISTED = 0x11;
    private static final int NS_PER_MS = 1_000_000;

    /** Where it stands. */
    sealed interface State {}

    /** The states with nothing to remember. */
    enum Phase implements State {
        ARRIVED,
        CONNECTED,
        SUBSCRIBED,
        LEAVING,
        OVER
    }

    /** Nothing more is read before the verdict. */
    private record Asking(ClientPacket.Connect connect, DeviceId device, Verdict.Later verdict)
            implements State {}

    private final Hearts hearts;
    private final Link link;
    private State state = Phase.ARRIVED;
    private Subscriptions subscriptions = Subscriptions.NONE;
    private @Nullable DeviceId device;
    private @Nullable Session session;
    private @Nullable Outbox outbox;
    private byte level = LEVEL_UNKNOWN;
    private boolean unflushed;
    private boolean publishes;
    private char receiveMaximum;
    private char keepAliveSeconds;
    private int packetBytesMax; // without a sign; 0 for any
    private int untilSeconds; // since 1970, without a sign
    private int heardMs; // the lower half is enough: differences count

    /** A device has connected and said nothing. */
    public DeviceHeart(Hearts hearts, Link link, long nanoTime) {
        this.hearts = hearts;
        this.link = link;
        this.heardMs = ms(nanoTime);
    }

    private static int ms(long nanoTime) {
        return (int) (nanoTime / NS_PER_MS);
    }

    State state() {
        return state;
    }

    /** Its socket. Any thread. */
    public Link link() {
        return link;
    }

    /** The latest of its sessions. */
    public @Nullable Session session() {
        return session;
    }

    /** 4 or 5, {@link #LEVEL_UNKNOWN} before CONNECT. */
    public int level() {
        return level;
    }

    /** Of its subscriptions. */
    public int qos() {
        return subscriptions.qos();
    }

    /** Whose it is, null before CONNECT is answered. */
    public @Nullable DeviceId device() {
        return device;
    }

    /** Whose it is, from CONNECT on. */
    public DeviceId connectedDevice() {
        if (device == null) {
            throw new IllegalStateException("not connected");
        }
        return device;
    }

    /** The longest packet that the device takes, 0 for any. */
    public long packetBytesMax() {
        return Integer.toUnsignedLong(packetBytesMax);
    }

    /** The longest packet that is taken from the device now. */
    public int packetBytesTaken() {
        DeviceSettings settings = hearts.settings();
        return device == null
                ? Math.min(settings.connects().bytesMax(), settings.packetBytesMax())
                : settings.packetBytesMax();
    }

    /** Whether its next packet is to be read now. */
    public boolean takesPackets() {
        return state != Phase.OVER && !(state instanceof Asking);
    }

    private Output output() {
        return hearts.output();
    }

    /**
     * Bytes came, and so many wait to be read: {@link #on} for each packet follows, then {@link
     * #flush}.
     */
    public void heard(int bytes, long nowMs, long nanoTime) {
        if (device != null) { // until CONNECT the deadline counts from accept, whatever dribbles in
            heardMs = ms(nanoTime);
        } else if (state instanceof Asking && bytes > hearts.settings().packetBytesMax()) {
            broke(ReasonCode.PACKET_TOO_LARGE, "too much before CONNACK", nowMs);
        }
    }

    /** A packet came. */
    public void on(ClientPacket packet, long nowMs, long nanoTime) {
        switch (packet) {
            case ClientPacket.Connect connect -> onConnect(connect, nowMs, nanoTime);
            case ClientPacket.ConnectOfOtherVersion other -> onOtherVersion(other, nowMs);
            case ClientPacket.Subscribe subscribe -> onSubscribe(subscribe, nowMs);
            case ClientPacket.Unsubscribe unsubscribe -> onUnsubscribe(unsubscribe, nowMs);
            case ClientPacket.Puback puback -> onPuback(puback, nowMs);
            case ClientPacket.PingRequest ping -> {
                output().pingresp(this);
                unflushed = true;
            }
            case ClientPacket.Disconnect disconnect -> end(EndReason.CLOSED_BY_DEVICE, nowMs);
            case ClientPacket.Publish publish -> onPublish(publish);
            case ClientPacket.Pubrel pubrel -> {
                output().pubcomp(this, pubrel.packetId());
                unflushed = true;
            }
            case ClientPacket.Auth auth ->
                    broke(ReasonCode.PROTOCOL_ERROR, "no authentication is under way", nowMs);
        }
        sendHeld(nowMs); // it is awake
    }

    private void onConnect(ClientPacket.Connect connect, long nowMs, long nanoTime) {
        level = (byte) connect.level();
        packetBytesMax = (int) connect.limits().packetBytesMax();
        ReasonCode answer = check(connect, nanoTime);
        if (answer != ReasonCode.SUCCESS) {
            refuse(answer, connect.clientId(), nowMs);
            return;
        }
        DeviceId id = new DeviceId(connect.clientId());
        decide(connect, id, output().authenticate(this, connect, id), nowMs, nanoTime);
    }

    private ReasonCode check(ClientPacket.Connect connect, long nanoTime) {
        if (!DeviceId.isValid(connect.clientId())) {
            return ReasonCode.CLIENT_IDENTIFIER_NOT_VALID;
        }
        if (connect.authenticates()) {
            return ReasonCode.BAD_AUTHENTICATION_METHOD;
        }
        if (packetBytesMax != 0 && Integer.compareUnsigned(packetBytesMax, CONNACK_BYTES_MAX) < 0) {
            return ReasonCode.IMPLEMENTATION_SPECIFIC;
        }
        ClientPacket.Will will = connect.will();
        if (will != null && level == LEVEL_5) {
            if (will.retain()) {
                return ReasonCode.RETAIN_NOT_SUPPORTED;
            }
            if (will.qos() > 1) {
                return ReasonCode.QOS_NOT_SUPPORTED;
            }
        }
        return hearts.admission().admit(new DeviceId(connect.clientId()), link.network(), nanoTime);
    }

    private void onOtherVersion(ClientPacket.ConnectOfOtherVersion other, long nowMs) {
        // A bridge of mosquitto asks with the highest bit set, and again without it when it hears
        // this answer of MQTT 3.1.1.
        int asked = other.level() & ~PRIVATE_LEVEL;
        boolean older = asked < LEVEL_5 || !other.protocol().equals("MQTT");
        level = (byte) (older ? LEVEL_3 : LEVEL_5);
        refuse(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "", nowMs);
    }

    /** The verdict that was to come later. What was read after CONNECT may be given again. */
    public void decided(Verdict.Later which, Verdict verdict, long nowMs, long nanoTime) {
        if (!(state
                        instanceof
                        Asking(ClientPacket.Connect connect, DeviceId id, Verdict.Later asked))
                || !asked.equals(which)) {
            return;
        }
        state = Phase.ARRIVED;
        // Since it was let in to be checked, the edge may have closed, or the device been locked.
        ReasonCode openness = hearts.admission().openness(id);
        if (openness == ReasonCode.SUCCESS) {
            decide(connect, id, verdict, nowMs, nanoTime);
        } else {
            refuse(openness, connect.clientId(), nowMs);
        }
        flush(nowMs);
    }

    private void decide(
            ClientPacket.Connect connect, DeviceId id, Verdict verdict, long nowMs, long nanoTime) {
        switch (verdict) {
            case Verdict.Later later -> state = new Asking(connect, id, later);
            case Verdict.Busy busy -> refuse(ReasonCode.SERVER_BUSY, connect.clientId(), nowMs);
            case Verdict.Refused refused -> refuseUnproven(id, refused.reason(), nowMs, nanoTime);
            case Verdict.Accepted accepted -> {
                untilSeconds = (int) Math.min(accepted.untilMs() / 1_000, 0xFFFF_FFFFL);
                if (accepted.untilMs() < 0 || hasEnded(nowMs)) {
                    refuseUnproven(id, "what it shows has ended", nowMs, nanoTime);
                } else {
                    admit(connect, id, nowMs, nanoTime);
                }
            }
        }
    }

    private void refuseUnproven(DeviceId id, String reason, long nowMs, long nanoTime) {
        output().unproven(this, id, reason);
        hearts.admission().failed(id, link.network(), nanoTime);
        refuse(ReasonCode.BAD_USER_NAME_OR_PASSWORD, id.value(), nowMs);
    }

    /** Whether what it showed at CONNECT counts no longer. */
    private boolean hasEnded(long nowMs) {
        return nowMs / 1_000 >= Integer.toUnsignedLong(untilSeconds);
    }

    private void refuse(ReasonCode reason, String clientId, long nowMs) {
        output().refused(this, reason, clientId);
        unflushed = true;
        close(nowMs);
    }

    private void admit(ClientPacket.Connect connect, DeviceId id, long nowMs, long nanoTime) {
        state = Phase.CONNECTED;
        device = id;
        heardMs = ms(nanoTime);
        receiveMaximum = (char) connect.limits().receiveMaximum();
        int keepAliveMax = hearts.settings().keepAliveMaxSeconds();
        boolean imposed =
                level == LEVEL_5
                        && (connect.keepAliveSeconds() == 0
                                || connect.keepAliveSeconds() > keepAliveMax);
        keepAliveSeconds = (char) (imposed ? keepAliveMax : connect.keepAliveSeconds());
        DeviceHeart older = hearts.connected().enter(this);
        if (older != null) {
            output().takeOver(older);
        }
        output().connected(this, imposed ? keepAliveMax : -1);
        unflushed = true;
        if (hearts.admission().isStopping()) { // who closes all may have passed by already
            end(EndReason.EDGE_STOPPING, nowMs);
        } else if (hearts.admission().isRevoked(id)) { // and so may who closes this one
            revoke(nowMs);
        }
    }

    private void onSubscribe(ClientPacket.Subscribe subscribe, long nowMs) {
        int[] codes = new int[subscribe.filters().size()];
        boolean granted = false;
        for (int i = 0; i < codes.length; i++) {
            ClientPacket.Filter wanted = subscribe.filters().get(i);
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
                codes[i] = level == LEVEL_5 ? reason.code() : SUBACK_FAILURE_V3;
            }
        }
        int packetId = subscribe.packetId();
        if (granted) {
            openedSession(nowMs).whenReachable(() -> suback(packetId, codes));
        } else {
            suback(packetId, codes);
        }
    }

    private void suback(int packetId, int[] codes) {
        if (state != Phase.OVER) {
            output().suback(this, packetId, codes);
            unflushed = true;
        }
    }

    /** The session, opened now if there is none. */
    private Session openedSession(long nowMs) {
        Session current = session;
        if (current != null && !current.isEnding()) {
            return current;
        }
        Life life = hearts.life().get();
        Session next =
                new Session(
                        life,
                        life.sessions().issue(),
                        this,
                        Math.min(receiveMaximum, hearts.settings().windowMessages()));
        if (current != null) {
            next.continuePacketIdsOf(current);
        }
        session = next;
        state = Phase.SUBSCRIBED;
        life.sessions().add(next);
        writeOpened(next, EventRecord.FIRST, nowMs);
        return next;
    }

    private void writeOpened(Session which, long first, long nowMs) {
        output().write(
                        which,
                        new EventRecord.Opened(
                                which.id(),
                                first,
                                link.transport(),
                                level,
                                qos(),
                                which.windowMessages(),
                                true,
                                nowMs));
    }

    private void onUnsubscribe(ClientPacket.Unsubscribe unsubscribe, long nowMs) {
        int[] codes = new int[unsubscribe.topicFilters().size()];
        for (int i = 0; i < codes.length; i++) {
            InboxFilter filter = InboxFilter.of(unsubscribe.topicFilters().get(i));
            codes[i] = NO_SUBSCRIPTION_EXISTED;
            if (filter != null && subscriptions.has(filter)) {
                subscriptions = subscriptions.without(filter);
                codes[i] = 0;
            }
        }
        boolean leaves = state == Phase.LEAVING;
        if (subscriptions.isEmpty() && session != null) {
            backToTheInbox(nowMs);
            flush(nowMs);
            if (outbox != null) {
                outbox.qos0.forget();
            }
            endSession(session, EndReason.UNSUBSCRIBED, nowMs);
            state = Phase.CONNECTED;
        }
        output().unsuback(this, unsubscribe.packetId(), codes);
        unflushed = true;
        if (leaves) {
            endIfLeft(nowMs);
        }
    }

    private void onPuback(ClientPacket.Puback puback, long nowMs) {
        Session current = session;
        int member = Window.NO_MEMBER;
        Ack ack = null;
        if (current != null) {
            member = current.memberOfPacket(puback.packetId());
            ack = current.puback(puback.packetId(), puback.reasonCode(), nowMs);
        }
        if (current == null || ack == null) {
            output().strayPuback(this);
        } else {
            outbox().acks.add(ack, member, current.number());
            if (state == Phase.LEAVING) {
                endIfLeft(nowMs);
            }
        }
    }

    /**
     * Nobody gets what a device publishes. It is answered all the same: one whose connection were
     * closed for it would come again with it, for ever.
     */
    private void onPublish(ClientPacket.Publish publish) {
        output().dropped(this, publish, !publishes);
        publishes = true;
        unflushed |= publish.qos() > 0;
    }

    /**
     * A frame of the owner of one of its sessions. {@link #flush} is to follow, after this or
     * several of them.
     *
     * @return the answer, null where there is none
     */
    public @Nullable NotHere take(Session session, HopFrame.ForSession frame, long nowMs) {
        switch (frame) {
            case Deliver deliver -> {
                Delivery delivery = session.deliver(deliver.offset(), nowMs);
                return give(session, delivery, new Given.Single(deliver), nowMs)
                        ? null
                        : deliver.notHere();
            }
            case HopFrame.CloseSession close -> end(session, close.reason(), nowMs);
            case HopFrame.Announce announce -> {
                if (session.announce()) {
                    writeOpened(session, session.openedOffset(), nowMs);
                }
            }
        }
        return null;
    }

    /**
     * A copy of a broadcast for one of its sessions. {@link #flush} is to follow, after this or
     * several of them.
     *
     * @param member the number of the device in its partition
     * @return the answer, null where there is none
     */
    public @Nullable NotHere take(Session session, Broadcast broadcast, int member, long nowMs) {
        Delivery delivery = session.deliver(broadcast.frame().offset(), member, nowMs);
        return give(session, delivery, broadcast.copy(), nowMs)
                ? null
                : broadcast.notHere(session.number());
    }

    /** Whether that is all: else the owner is to be told that it is not here. */
    private boolean give(Session to, Delivery delivery, Given given, long nowMs) {
        switch (delivery) {
            case SEND -> {
                Holding holding = hearts.holding();
                long boundMs = holding.boundMs(given);
                if (boundMs > 0 && holding.take(given)) {
                    outbox().held.add(given, nowMs, boundMs);
                } else {
                    sendHeld(nowMs);
                    sendInTurn(to, given, nowMs);
                }
            }
            case NO_ROOM -> end(EndReason.SLOW, nowMs);
            case ALREADY_SENT, OVER -> {}
        }
        return delivery == Delivery.SEND || delivery == Delivery.ALREADY_SENT;
    }

    /** Sends what waited for the device's next own packet, in front of everything else. */
    private void sendHeld(long nowMs) {
        for (Given given : takeHeld(nowMs)) {
            if (session != null) {
                sendInTurn(session, given, nowMs);
            }
        }
    }

    /** Sends it, or lets it wait where the socket is full. */
    private void sendInTurn(Session to, Given given, long nowMs) {
        Outbox current = outbox;
        if (current != null && (current.line.isFull() || !current.line.isEmpty())) {
            current.line.add(given, nowMs);
            return;
        }
        send(to, given, nowMs);
        if (outbox != null && outbox.line.isBatch()) {
            flushSocket(nowMs);
        }
    }

    /** The socket has taken what was sent: those that waited for it follow, as long as it goes. */
    private void sendWaiting(long nowMs) {
        Outbox current = outbox;
        while (current != null && session != null && !current.line.isFull()) {
            Given next = current.line.poll(nowMs);
            if (next == null) {
                return;
            }
            send(session, next, nowMs);
            if (current.line.isBatch() || current.line.isEmpty()) {
                flushSocket(nowMs);
            }
        }
    }

    /** What the device was not given goes back with the session. */
    private void backToTheInbox(long nowMs) {
        var _ = takeHeld(nowMs);
        if (outbox != null) {
            outbox.line.clear();
        }
    }

    private List<Given> takeHeld(long nowMs) {
        if (outbox == null || outbox.held.isEmpty()) {
            return List.of();
        }
        List<Given> taken = outbox.held.take(nowMs);
        taken.forEach(hearts.holding()::giveBack);
        return taken;
    }

    private void send(Session to, Given given, long nowMs) {
        long offset = given.offset();
        int topic = subscriptions.topic(given);
        boolean proven = qos() > 0;
        int bytes = output().publish(this, given, proven ? to.packetId(offset) : 0, topic);
        unflushed = true;
        if (bytes == Output.TOO_LONG) {
            settle(to, offset, Proof.NONE, ReasonCode.PACKET_TOO_LARGE.code(), nowMs);
            return;
        }
        to.sent(offset, bytes, nowMs);
        outbox().line.wrote(bytes);
        if (!proven) {
            outbox().qos0.wrote(offset);
        }
    }

    /** Sends what was written and hands on what was acknowledged: after each turn of events. */
    public void flush(long nowMs) {
        if (unflushed) {
            flushSocket(nowMs);
        }
        writeAcks();
    }

    private void flushSocket(long nowMs) {
        unflushed = false;
        boolean all = link.flush();
        if (outbox != null || !all) {
            outbox().line.flushed(all);
        }
        if (all) {
            settleQos0(nowMs);
        }
    }

    /** The socket took everything, after a {@link Link#flush} that said no. */
    public void flushed(long nowMs) {
        if (outbox != null) {
            outbox.line.flushed(true);
        }
        settleQos0(nowMs);
        sendWaiting(nowMs);
        flush(nowMs);
        if (state == Phase.LEAVING) {
            endIfLeft(nowMs);
        }
    }

    /** At QoS 0 a message is acknowledged when the socket has taken its bytes. */
    private void settleQos0(long nowMs) {
        Session current = session;
        if (outbox == null || outbox.qos0.isEmpty()) {
            return;
        }
        List<Long> taken = outbox.qos0.taken();
        if (current != null) {
            taken.forEach(offset -> settle(current, offset, Proof.SENT, 0, nowMs));
        }
    }

    /** What the device need not acknowledge counts as acknowledged. */
    private void settle(Session of, long offset, Proof proof, int reasonCode, long nowMs) {
        int member = of.memberOfOffset(offset);
        Ack ack = of.settle(offset, proof, reasonCode, nowMs);
        if (ack != null) {
            outbox().acks.add(ack, member, of.number());
        }
    }

    private Outbox outbox() {
        Outbox current = outbox;
        if (current == null) {
            current = new Outbox();
            outbox = current;
        }
        return current;
    }

    /** One event for all messages that were acknowledged in one go. */
    private void writeAcks() {
        Outbox current = outbox;
        if (current == null) {
            return;
        }
        if (session != null && !current.acks.isEmpty()) {
            List<Ack> ofMessages = current.acks.ofMessages();
            if (!ofMessages.isEmpty()) {
                output().write(session, new EventRecord.Acked(session.id(), ofMessages));
            }
            for (Acks.OfCopy one : current.acks.ofCopies()) {
                output().acknowledge(session, one.offset(), one.ack());
            }
            if (session.isShortOfRoom()) {
                output().hasten();
            }
        }
        current.acks.clear();
        if (current.isNothing()) {
            outbox = null;
        }
    }

    /** Kafka has an event of one of its sessions at this offset. */
    public void confirmed(Session of, EventRecord event, long offset, long nowMs) {
        switch (event) {
            case EventRecord.Opened opened -> of.openedConfirmed(offset);
            case EventRecord.Acked acked -> of.acksConfirmed(acked.acks().size());
            case EventRecord.Ended ended -> of.life().sessions().remove(of);
        }
        writeEndedIfDue(of, nowMs);
        flush(nowMs);
    }

    /** Kafka has the acknowledgement of a copy of one of its sessions. */
    public void copyConfirmed(Session of, long nowMs) {
        of.acksConfirmed(1);
        writeEndedIfDue(of, nowMs);
        flush(nowMs);
    }

    /** About a second has passed. */
    public void swept(long nowMs, long nanoTime) {
        int silentMs = ms(nanoTime) - heardMs;
        if (device == null) {
            if (silentMs > hearts.settings().connects().deadlineMs()) {
                output().noConnect(this, NoConnect.DEADLINE);
                close(nowMs);
            }
        } else if (keepAliveSeconds > 0 && silentMs > keepAliveSeconds * 1_500) {
            end(EndReason.KEEP_ALIVE, nowMs);
        } else if (hasEnded(nowMs)) {
            end(EndReason.REVOKED, nowMs);
        } else if (isOverdue(nanoTime)) {
            end(EndReason.ACK_DEADLINE, nowMs);
        } else if (outbox != null && outbox.held.isDue(nowMs)) {
            sendHeld(nowMs);
            flush(nowMs);
        }
    }

    /** What has not reached the device's system is not the device's to acknowledge. */
    private boolean isOverdue(long nanoTime) {
        return session != null
                && session.unacknowledged() > 0
                && session.isOverdue(
                        nanoTime / NS_PER_MS,
                        link.unacknowledgedBytes(),
                        hearts.settings().ackDeadlineMs());
    }

    /** The device's system takes nothing. */
    public void stalled(long nowMs) {
        end(EndReason.SLOW, nowMs);
    }

    /**
     * The socket is closed, whoever closed it.
     *
     * @param broken whether it broke, or the device ended it in order
     */
    public void closed(boolean broken, long nowMs) {
        if (state == Phase.OVER) {
            return;
        }
        if (device == null) {
            output().noConnect(this, NoConnect.CLOSED);
        }
        finish(broken ? EndReason.CONNECTION_LOST : EndReason.CLOSED_BY_DEVICE, nowMs);
    }

    /** What came is no packet that a client may send now. */
    public void broke(ReasonCode reason, String text, long nowMs) {
        output().broke(this, reason, text);
        if (device == null) {
            output().noConnect(this, NoConnect.PROTOCOL_ERROR);
        }
        end(EndReason.PROTOCOL_ERROR, reason, text, nowMs);
    }

    /** Somebody wants it closed. */
    public void revoke(long nowMs) {
        end(EndReason.REVOKED, ReasonCode.ADMINISTRATIVE_ACTION, "disconnected", nowMs);
    }

    /**
     * The edge drains: it is given nothing more, and closed when it has acknowledged what it has.
     */
    public void leave(long nowMs) {
        if (state == Phase.SUBSCRIBED && session != null) {
            state = Phase.LEAVING;
            session.takeNoMore();
            sendHeld(nowMs);
            flush(nowMs);
        }
        endIfLeft(nowMs);
    }

    private void endIfLeft(long nowMs) {
        if (session == null || session.unacknowledged() == 0) {
            end(EndReason.EDGE_STOPPING, nowMs);
        }
    }

    /** Ends it if this is still its session. */
    public void end(Session which, EndReason reason, long nowMs) {
        if (which == session) {
            end(reason, nowMs);
        }
    }

    /** Ends it and tells an MQTT 5 device why. */
    public void end(EndReason reason, long nowMs) {
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
        end(reason, code, reason.label(), nowMs);
    }

    private void end(EndReason reason, ReasonCode code, String text, long nowMs) {
        if (state == Phase.OVER) {
            return;
        }
        if (level == LEVEL_5 && reason != EndReason.CLOSED_BY_DEVICE && device != null) {
            output().disconnect(this, code, text);
            unflushed = true;
        }
        flush(nowMs);
        finish(reason, nowMs);
        link.end();
    }

    private void close(long nowMs) {
        flush(nowMs);
        stop();
        link.end();
    }

    private void stop() {
        if (state instanceof Asking asking) {
            asking.verdict.forget();
        }
        state = Phase.OVER;
    }

    /** Leaves nothing behind but a session that writes its last events. */
    private void finish(EndReason reason, long nowMs) {
        stop();
        backToTheInbox(nowMs);
        writeAcks();
        if (session != null) {
            endSession(session, reason, nowMs);
        }
        if (device != null) {
            hearts.connected().leave(this);
        }
    }

    /** Ends it; its {@code ended} follows when everything else of it is in Kafka. */
    private void endSession(Session which, EndReason reason, long nowMs) {
        if (which.end(reason)) {
            output().ended(which, reason);
            if (which.isAwaitingKafka()) {
                output().hasten(); // its end waits for them
            }
            writeEndedIfDue(which, nowMs);
        }
    }

    private void writeEndedIfDue(Session of, long nowMs) {
        EndReason reason = of.takeEndedDue();
        if (reason != null) {
            output().write(of, new EventRecord.Ended(of.id(), reason, nowMs));
        }
    }
}
