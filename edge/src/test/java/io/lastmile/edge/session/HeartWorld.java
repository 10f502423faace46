package io.lastmile.edge.session;

import io.lastmile.edge.session.ClientPacket.Connect;
import io.lastmile.edge.session.ClientPacket.Filter;
import io.lastmile.edge.session.ClientPacket.Limits;
import io.lastmile.edge.session.ClientPacket.Login;
import io.lastmile.edge.session.ClientPacket.Publish;
import io.lastmile.edge.session.ClientPacket.Subscribe;
import io.lastmile.edge.session.ClientPacket.Will;
import io.lastmile.wire.Audience;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Transport;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.hop.HopFrame.Copies;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hearts of devices whose every word is kept; nothing else is there. */
final class HeartWorld implements Output {
    static final int PARTITIONS = 4;
    static final DeviceId PHONE = new DeviceId("phone-1");
    private static final Login LOGIN = new Login() {};
    private static final DeviceSettings SETTINGS =
            new DeviceSettings(
                    4,
                    60_000,
                    1_000,
                    1_200,
                    new DeviceSettings.Connects(10, 10, 100, 500, 10_000),
                    new HoldSettings(20_000, 5_000, 0, 100));

    /** The socket of one device. */
    static final class FakeLink implements Link {
        boolean full;
        boolean ended;
        long unacknowledgedBytes;
        private final List<String> said;

        FakeLink(List<String> said) {
            this.said = said;
        }

        @Override
        public Transport transport() {
            return Transport.TCP;
        }

        @Override
        public long network() {
            return 7;
        }

        @Override
        public boolean flush() {
            return !full;
        }

        @Override
        public long unacknowledgedBytes() {
            return unacknowledgedBytes;
        }

        @Override
        public void end() {
            ended = true;
            said.add("end");
        }
    }

    /** A verdict that the test gives. */
    private final class ByHand implements Verdict.Later {
        @Override
        public void forget() {
            say("forget");
        }
    }

    final List<String> said = new ArrayList<>();
    final Life life = Life.begin(new Incarnation("edge-1", 7), PARTITIONS);
    final Verdict.Later later = new ByHand();
    final Connected connected = new Connected();
    final Admission admission =
            new Admission(
                    SETTINGS.connects(),
                    connected,
                    () -> this.kafkaReachable,
                    device -> ++this.revokedAsked > this.revokedAfter,
                    nanoTime -> true,
                    new Failures(100, 1, 2, 0));
    private final Hearts hearts =
            new Hearts(
                    SETTINGS, admission, connected, new Holding(SETTINGS.hold()), this, () -> life);
    private final List<EventSink.Confirmation> unconfirmed = new ArrayList<>();
    private long offset = 500;
    long nowMs = 1_000_000;
    Verdict verdict = new Verdict.Accepted(Verdict.FOR_EVER);
    boolean kafkaReachable = true;
    private int revokedAsked;
    private int revokedAfter = Integer.MAX_VALUE;
    int tooLongBytes = 100;
    FakeLink link = new FakeLink(said);

    /** The device is revoked, once it was asked so often. */
    void revokeAfter(int times) {
        revokedAsked = 0;
        revokedAfter = times;
    }

    /** What was said since the last call. */
    List<String> said() {
        List<String> taken = List.copyOf(said);
        said.clear();
        return taken;
    }

    private void say(String word) {
        said.add(word);
    }

    long nanoTime() {
        return nowMs * 1_000_000;
    }

    /** A device has connected; its socket is {@link #link}. */
    DeviceHeart arrived() {
        link = new FakeLink(said);
        return new DeviceHeart(hearts, link, nanoTime());
    }

    DeviceHeart connected(int level) {
        DeviceHeart heart = arrived();
        read(heart, connect(level));
        said.clear();
        return heart;
    }

    /** With its {@code opened} in Kafka. */
    DeviceHeart subscribed(int level, int qos) {
        DeviceHeart heart = connected(level);
        read(heart, subscribe(qos));
        confirm();
        said.clear();
        return heart;
    }

    static Connect connect(int level) {
        return connect(level, PHONE.value(), null);
    }

    static Connect connect(int level, String clientId, @Nullable Will will) {
        return new Connect(level, clientId, 60, new Limits(65_535, 0), false, will, LOGIN);
    }

    static Subscribe subscribe(int qos) {
        return new Subscribe(1, false, List.of(new Filter("inbox", qos)));
    }

    /** One packet in one read. */
    void read(DeviceHeart heart, ClientPacket packet) {
        heart.heard(0, nowMs, nanoTime());
        heart.on(packet, nowMs, nanoTime());
        heart.flush(nowMs);
    }

    Session session() {
        return life.sessions().inPartition(partition()).getLast();
    }

    private static int partition() {
        return Partitions.of(PHONE, PARTITIONS);
    }

    /** The owner gives the device a message: whether it was here. */
    boolean give(DeviceHeart heart, long at, String payload, Urgency urgency) {
        Session session = session();
        Message plain = Message.plain(PHONE, Payload.ofText(payload));
        Message message =
                new Message(
                        PHONE,
                        plain.payload(),
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
                        List.of());
        Deliver frame =
                new Deliver(
                        partition(),
                        1,
                        session.number(),
                        at,
                        new MessageId(partition(), at),
                        60_000,
                        message);
        boolean here = heart.take(session, frame, nowMs) == null;
        heart.flush(nowMs);
        return here;
    }

    /** The owner gives the device its copy of a broadcast: whether it was here. */
    boolean giveCopy(DeviceHeart heart, long at, int member, String audience) {
        return giveCopy(heart, broadcast(at, "hello", audience), member);
    }

    boolean giveCopy(DeviceHeart heart, Broadcast broadcast, int member) {
        boolean here = heart.take(session(), broadcast, member, nowMs) == null;
        heart.flush(nowMs);
        return here;
    }

    static Broadcast broadcast(long at, String payload, String audience) {
        return new Broadcast(
                new Copies(
                        partition(),
                        1,
                        at,
                        new MessageId(partition(), at),
                        60_000,
                        Audience.parse(audience),
                        Message.plain(BroadcastRecord.ADDRESSEE, Payload.ofText(payload)),
                        List.of()));
    }

    boolean give(DeviceHeart heart, long at) {
        return give(heart, at, "hello", Urgency.HIGH);
    }

    /** Kafka has all that was written. */
    void confirm() {
        while (!unconfirmed.isEmpty()) {
            unconfirmed.removeFirst().confirmed(offset++);
        }
    }

    @Override
    public void connected(DeviceHeart heart, int serverKeepAliveSeconds) {
        say("connack" + (serverKeepAliveSeconds < 0 ? "" : " " + serverKeepAliveSeconds));
    }

    @Override
    public void refused(DeviceHeart heart, ReasonCode reason, String clientId) {
        say("refused " + reason.label());
    }

    @Override
    public void suback(DeviceHeart heart, int packetId, int[] codes) {
        say("suback " + Arrays.toString(codes));
    }

    @Override
    public void unsuback(DeviceHeart heart, int packetId, int[] codes) {
        say("unsuback " + Arrays.toString(codes));
    }

    @Override
    public void pingresp(DeviceHeart heart) {
        say("pingresp");
    }

    @Override
    public void dropped(DeviceHeart heart, Publish publish, boolean first) {
        say("dropped " + publish.packetId() + (first ? " first" : ""));
    }

    @Override
    public void pubcomp(DeviceHeart heart, int packetId) {
        say("pubcomp " + packetId);
    }

    @Override
    public int publish(DeviceHeart heart, Given given, int packetId, int topic) {
        int bytes = given.message().payload().length();
        if (bytes > tooLongBytes) {
            return TOO_LONG;
        }
        String to = given instanceof Given.Copy ? " to " + given.topicName(topic) : "";
        say("publish " + given.offset() + to + (packetId == 0 ? " at 0" : ""));
        return bytes;
    }

    @Override
    public void disconnect(DeviceHeart heart, ReasonCode reason, String text) {
        say("disconnect " + reason.label());
    }

    @Override
    public void write(Session session, EventRecord event) {
        unconfirmed.add(at -> session.heart().confirmed(session, event, at, nowMs));
        say(
                switch (event) {
                    case EventRecord.Opened opened -> "opened";
                    case EventRecord.Acked acked ->
                            "acked " + acked.acks().stream().map(EventRecord.Ack::offset).toList();
                    case EventRecord.Ended ended -> "ended " + ended.reason().label();
                });
    }

    @Override
    public void acknowledge(Session session, long mark, CopiesAckedRecord.Ack ack) {
        unconfirmed.add(at -> session.heart().copyConfirmed(session, nowMs));
        say("copy acked " + mark + " of member " + ack.member() + " " + ack.proof());
    }

    @Override
    public void hasten() {}

    @Override
    public Verdict authenticate(DeviceHeart heart, Connect connect, DeviceId device) {
        say("authenticate");
        return verdict;
    }

    @Override
    public void takeOver(DeviceHeart older) {
        say("take over");
    }

    @Override
    public void unproven(DeviceHeart heart, DeviceId device, String reason) {}

    @Override
    public void broke(DeviceHeart heart, ReasonCode reason, String text) {
        say("broke " + reason.label());
    }

    @Override
    public void noConnect(DeviceHeart heart, NoConnect why) {
        say("no connect: " + why.label());
    }

    @Override
    public void strayPuback(DeviceHeart heart) {
        say("stray");
    }

    @Override
    public void ended(Session session, EndReason reason) {
        say("ends " + reason.label());
    }
}
