package io.lastmile.simulation;

import io.lastmile.edge.session.Admission;
import io.lastmile.edge.session.Broadcast;
import io.lastmile.edge.session.ClientPacket;
import io.lastmile.edge.session.ClientPacket.Connect;
import io.lastmile.edge.session.ClientPacket.Filter;
import io.lastmile.edge.session.ClientPacket.Limits;
import io.lastmile.edge.session.ClientPacket.Login;
import io.lastmile.edge.session.ClientPacket.Subscribe;
import io.lastmile.edge.session.Connected;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.DeviceSettings;
import io.lastmile.edge.session.Failures;
import io.lastmile.edge.session.Hearts;
import io.lastmile.edge.session.HoldSettings;
import io.lastmile.edge.session.Holding;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.session.Session;
import io.lastmile.simulation.PartitionLogs.EdgeEvent;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.NodeRecord.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An edge: the real hearts of devices, between modelled connections, hops and Kafka.
 *
 * <p>Long because what an edge does at each of its ends meets here, in one turn.
 */
final class SimulatedEdge extends SimulatedProcess {
    private static final EndReason END_CUT_OFF = EndReason.EDGE_CUT_OFF;
    private static final Duration KAFKA_IS_HERE = Duration.ofMillis(3 * World.HEARTBEAT_MS);
    private static final long ACK_WAIT_MS = 500;
    private static final int LEVEL = 5;
    private static final int MANY = 65_535;
    private static final Login LOGIN = new Login() {};

    private final Set<DeviceConnection> connections = new LinkedHashSet<>();
    private final EdgeOutput output;
    private final DeviceSettings settings;
    private Life life;
    private Hearts hearts;
    private List<EventsProducer> producers = List.of();
    private @Nullable Life silent; // nothing of it reaches Kafka any more
    private long incarnations;
    private long hopsAccepted;
    private long unreachableUntilMs;
    private long failingUntilMs;
    private boolean draining;
    private EdgeReach reach;

    // An owner that reads an opened reads nodes to its end, and takes an incarnation that is not
    // named there for one that was cleared away: so no opened before a heartbeat is in Kafka.
    private boolean listening;

    SimulatedEdge(World world, String name) {
        super(world, name);
        output = new EdgeOutput(this);
        settings =
                new DeviceSettings(
                        world.plan.deviceWindowMessages,
                        world.plan.ackDeadlineMs,
                        MANY,
                        MANY,
                        new DeviceSettings.Connects(MANY, MANY, MANY, MANY, MANY),
                        HoldSettings.NOTHING);
        life = Life.begin(new Incarnation(name, 0), world.plan.partitions);
        hearts = hearts();
        reach = new EdgeReach(world);
    }

    private Hearts hearts() {
        Connected connected = new Connected();
        Admission admission =
                new Admission(
                        settings.connects(),
                        connected,
                        this::takesDevices,
                        device -> false,
                        nanoTime -> true,
                        new Failures(MANY, 1, 1, 0));
        return new Hearts(
                settings, admission, connected, new Holding(settings.hold()), output, () -> life);
    }

    private boolean takesDevices() {
        boolean listens = listening || world.has(Mutant.OPENED_BEFORE_HEARTBEAT);
        return listens && (world.kafka.isUp() || !world.chance.percent(50));
    }

    private long nanoTime() {
        return TimeUnit.MILLISECONDS.toNanos(world.agenda.nowMs());
    }

    Incarnation incarnation() {
        return life.incarnation();
    }

    @Override
    void started() {
        hearts = hearts();
        reach = new EdgeReach(world);
        draining = false;
        producers = world.partitions.stream().map(p -> new EventsProducer(this, p)).toList();
        beginIncarnation();
        beat();
        new Tail<>(this, world.nodes, 0, () -> true, () -> true, this::nodesRead, () -> {}).poll();
        watchReach();
        sweep();
    }

    private void beginIncarnation() {
        life = Life.begin(new Incarnation(name, ++incarnations), world.plan.partitions);
        listening = false;
        world.trace.note(() -> name + " is " + incarnation());
    }

    @Override
    void killed() {
        world.books.edgeLost(incarnation());
        List<DeviceConnection> broken = List.copyOf(connections);
        connections.clear();
        broken.forEach(DeviceConnection::edgeDied);
        world.routers.forEach(router -> router.edgeProcessDied(this));
    }

    @Override
    void resumed() {
        reach.resumed();
    }

    private void beat() {
        announceIncarnation();
        later(World.HEARTBEAT_MS, World.HEARTBEAT_MS, this::beat);
    }

    private void announceIncarnation() {
        if (!listening && world.has(Mutant.OPENED_BEFORE_HEARTBEAT)) {
            later(0, 1_000, this::announceNow);
        } else {
            announceNow();
        }
    }

    private void announceNow() {
        Incarnation mine = incarnation();
        appendBeat(() -> {
            world.books.beat(mine, true);
            NodeNote beat = NodeNote.Heartbeat.ofEdge(mine);
            long atMs = world.nodes.append(beat).appendedAtMs();
            world.agenda.after(
                    world.chance.between(0, 15),
                    here(() -> {
                        heartbeatConfirmed(atMs);
                        listening |= mine.equals(incarnation());
                    }));
        });
    }

    private void nodesRead(SimulatedLog.Batch<NodeNote> batch) {
        for (SimulatedLog.Read<NodeNote> read : batch.records()) {
            switch (read.value()) {
                case NodeNote.Gone(var node, _) when node.equals(incarnation()) && !draining ->
                        comeBack();
                case NodeNote.Gone _ -> {}
                case NodeNote.Heartbeat(_, var beat) -> beat.claims().forEach(this::claimed);
            }
        }
    }

    private void claimed(Claim claim) {
        if (reach.claimed(claim, life.ownership().epoch(claim.partition()))) {
            world.figures.count("cut_off");
            world.trace.note(() -> incarnation() + " is cut off from " + claim);
            for (Session session : life.sessions().inPartition(claim.partition())) {
                later(
                        0,
                        EdgeReach.SPREAD_MS,
                        () -> session.heart().end(session, END_CUT_OFF, wallMs()));
            }
        }
    }

    private void closeAll(EndReason reason) {
        hearts.connected().all().forEach(heart -> heart.end(reason, wallMs()));
    }

    private void watchReach() {
        for (int p = 0; p < world.plan.partitions; p++) {
            long epoch = life.ownership().epoch(p);
            life.sessions().inPartition(p).forEach(session -> reach.checkHeld(session, epoch));
        }
        boolean kafkaHere = confirmedWithin(KAFKA_IS_HERE);
        List<SimulatedRouter> routers =
                world.routers.stream().filter(router -> router.hasHopTo(this)).toList();
        boolean there = routers.stream().anyMatch(router -> router.confirmedWithin(KAFKA_IS_HERE));
        if (reach.isolated(kafkaHere, there, !routers.isEmpty())) {
            world.figures.count("isolated");
            closeAll(END_CUT_OFF);
        }
        later(1_000, 1_000, this::watchReach);
    }

    private void sweep() {
        for (DeviceConnection connection : List.copyOf(connections)) {
            connection.swept(nanoTime());
        }
        world.agenda.after(1_000, here(this::sweep)); // without a draw
    }

    // Faults.

    /** For so long its producer of events gives up now and then. */
    void failToWrite(long forMs) {
        failingUntilMs = world.agenda.nowMs() + forMs;
    }

    boolean failsToWrite() {
        return world.agenda.nowMs() < failingUntilMs && world.chance.percent(50);
    }

    /** Its network to routers is gone for so long. */
    void unreachable(long forMs) {
        unreachableUntilMs = world.agenda.nowMs() + forMs;
        world.routers.forEach(router -> router.loseHopsTo(this));
    }

    void reachableAgain() {
        unreachableUntilMs = 0;
    }

    boolean takesHops() {
        return world.agenda.nowMs() >= unreachableUntilMs;
    }

    /** SIGTERM: closes its sessions, waits for Kafka to have their ends, and stops. */
    void drain(long atMostMs) {
        world.trace.note(() -> incarnation() + " drains");
        draining = true;
        long spreadMs = world.chance.percent(50) ? 0 : 2_000;
        hearts.admission().stop();
        for (DeviceHeart heart : hearts.connected().all()) {
            later(0, spreadMs, () -> heart.leave(wallMs()));
        }
        later(
                spreadMs + ACK_WAIT_MS,
                spreadMs + ACK_WAIT_MS,
                () -> closeAll(EndReason.EDGE_STOPPING));
        awaitDrained(world.agenda.nowMs() + atMostMs);
    }

    private void awaitDrained(long untilMs) {
        if (life.sessions().size() + connections.size() == 0
                || world.has(Mutant.DRAIN_DOES_NOT_WAIT)) {
            world.figures.count("drained");
            world.books.drained(incarnation());
            stop();
            List.copyOf(connections).forEach(DeviceConnection::edgeDied);
            connections.clear();
            world.routers.forEach(router -> router.edgeProcessDied(this));
        } else if (world.agenda.nowMs() >= untilMs) {
            kill();
        } else {
            later(50, 50, () -> awaitDrained(untilMs));
        }
    }

    /** It was declared gone: everything of that incarnation is over. */
    private void comeBack() {
        world.trace.note(() -> incarnation() + " reads that it is gone");
        silent = world.chance.percent(50) ? life : null;
        beginIncarnation();
        announceIncarnation();
        closeAll(END_CUT_OFF);
    }

    // Devices.

    void connected(DeviceConnection connection) {
        connections.add(connection);
        DeviceHeart heart = new DeviceHeart(hearts, connection, nanoTime());
        connection.accepted(heart);
        SimulatedDevice device = connection.device;
        Limits limits = new Limits(MANY, 0);
        read(heart, new Connect(LEVEL, device.id.value(), 0, limits, false, null, LOGIN));
        read(heart, new Subscribe(1, false, List.of(new Filter("inbox", device.qos))));
        if (!connection.isOpenAtDevice()) { // it gave up before it was heard
            later(0, 500, () -> heart.end(EndReason.CONNECTION_LOST, wallMs()));
        }
    }

    /**
     * The session of that id, if it is one of the present incarnation and still held, and that is
     * the epoch of the owner that counts.
     */
    @Nullable Session find(int partition, long epoch, SessionId id) {
        return id.edge().equals(incarnation()) && life.ownership().epoch(partition) == epoch
                ? life.sessions().find(partition, id.number())
                : null;
    }

    /** A connection's end is written. */
    void left(DeviceConnection connection) {
        connections.remove(connection);
    }

    /** A packet of a device comes. */
    void read(@Nullable DeviceHeart heart, ClientPacket packet) {
        if (heart == null || !heart.takesPackets()) {
            return;
        }
        heart.heard(0, wallMs(), nanoTime());
        heart.on(packet, wallMs(), nanoTime());
        heart.flush(wallMs());
    }

    /** What is heard of a PUBACK's reason. */
    int heard(int reasonCode) {
        return world.has(Mutant.REFUSAL_IS_OVERHEARD) ? 0 : reasonCode;
    }

    void append(Session session, EventRecord event) {
        if (silent == null || !silent.incarnation().equals(session.id().edge())) {
            producers
                    .get(session.partition())
                    .append(
                            new EdgeEvent.OfSession(session.device(), event),
                            offset -> confirmed(session, event, offset));
        }
    }

    private void confirmed(Session session, EventRecord event, long offset) {
        session.heart().confirmed(session, event, offset, wallMs());
        if (event instanceof EventRecord.Opened) {
            DeviceConnection.of(session).device.reachable(session);
        }
    }

    void acknowledge(Session session, long offset, CopiesAckedRecord.Ack ack) {
        if (silent == null || !silent.incarnation().equals(session.id().edge())) {
            producers
                    .get(session.partition())
                    .acknowledge(
                            session.id().edge(),
                            offset,
                            ack,
                            () -> session.heart().copyConfirmed(session, wallMs()));
        }
    }

    void hasten() {
        producers.forEach(EventsProducer::writeGathered);
    }

    void appendUnconfirmed(Session session, EventRecord event) {
        producers
                .get(session.partition())
                .append(new EdgeEvent.OfSession(session.device(), event), offset -> {});
    }

    // Routers.

    Hop accept(SimulatedRouter router) {
        return new Hop(world, router, this, incarnation(), ++hopsAccepted);
    }

    void frame(Hop hop, HopFrame.FromRouter frame) {
        if (!hop.incarnation().equals(incarnation())) {
            return; // that incarnation's listener is closed
        }
        switch (frame) {
            case HopFrame.Own own -> own(hop, own);
            case HopFrame.ForSession about -> {
                if (isFromOwner(hop, about.partition(), about.epoch())) {
                    forSession(hop, about);
                }
            }
            case HopFrame.Copies copies -> {
                if (isFromOwner(hop, copies.partition(), copies.epoch())) {
                    Broadcast broadcast = new Broadcast(copies);
                    copies.recipients().forEach(one -> copy(hop, broadcast, one));
                }
            }
            case HopFrame.Hello _, HopFrame.Ping _ -> {}
        }
    }

    private boolean isFromOwner(Hop hop, int partition, long epoch) {
        boolean current = life.ownership().isCurrent(partition, epoch, hop.number());
        if (!current) {
            world.trace.note(
                    () -> incarnation() + " refuses a frame of epoch " + epoch + " over " + hop);
        }
        return current || world.has(Mutant.EPOCH_IS_IGNORED);
    }

    private void own(Hop hop, HopFrame.Own own) {
        int partition = own.partition();
        boolean refused = !life.ownership().own(partition, own.epoch(), hop.number());
        List<HopFrame.HeldSession> held = new ArrayList<>();
        if (!refused) {
            life.sessions().inPartition(partition).forEach(session -> held.add(session.held()));
        }
        world.trace.note(() -> hop + " " + own + " refused=" + refused + " " + held);
        int firstPart = world.chance.count(0, held.size());
        for (boolean last : new boolean[] {false, true}) {
            hop.toRouter(
                    new HopFrame.Sessions(
                            partition,
                            refused ? life.ownership().epoch(partition) : own.epoch(),
                            own.exchange(),
                            refused,
                            life.sessions().highestIssued(),
                            last,
                            last
                                    ? held.subList(firstPart, held.size())
                                    : held.subList(0, firstPart)));
        }
    }

    private void copy(Hop hop, Broadcast broadcast, HopFrame.Recipient to) {
        HopFrame.Copies frame = broadcast.frame();
        Session session = life.sessions().find(frame.partition(), to.session());
        if (session == null) {
            hop.toRouter(broadcast.notHere(to.session()));
            return;
        }
        checkAbove(hop, session, frame.to(to));
        HopFrame.NotHere answer = session.heart().take(session, broadcast, to.member(), wallMs());
        world.books.given(session, session.highestSent());
        session.heart().flush(wallMs());
        if (answer != null) {
            hop.toRouter(answer);
        }
    }

    private void checkAbove(Hop hop, Session session, HopFrame.Deliver deliver) {
        if (!session.isEnding() && deliver.offset() <= session.highestSent()) {
            world.trace.note(() -> session + " drops " + deliver.offset());
            if (life.ownership().isCurrent(deliver.partition(), deliver.epoch(), hop.number())) {
                world.books.ownerSentBelow(session, deliver.offset());
            }
        }
    }

    private void forSession(Hop hop, HopFrame.ForSession frame) {
        Session session = life.sessions().find(frame.partition(), frame.session());
        if (session == null) {
            if (frame instanceof HopFrame.Deliver deliver) {
                hop.toRouter(deliver.notHere());
            }
            return;
        }
        if (frame instanceof HopFrame.Deliver deliver) {
            checkAbove(hop, session, deliver);
        }
        HopFrame.NotHere answer = session.heart().take(session, frame, wallMs());
        world.books.given(session, session.highestSent());
        session.heart().flush(wallMs());
        if (answer != null) {
            hop.toRouter(answer);
        }
    }
}
