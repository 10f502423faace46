package io.lastmile.simulation;

import io.lastmile.edge.session.Ownership;
import io.lastmile.edge.session.Sessions;
import io.lastmile.simulation.PartitionLogs.EdgeEvent;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Transport;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.NodeRecord.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An edge: the real {@link Ownership} and sessions between modelled devices, hops and Kafka.
 *
 * <p>Long because what an edge does at each of its ends meets here, in one turn.
 */
final class SimulatedEdge extends SimulatedProcess {
    private static final EndReason END_CUT_OFF = EndReason.EDGE_CUT_OFF;
    private static final Duration KAFKA_IS_HERE = Duration.ofMillis(3 * World.HEARTBEAT_MS);

    private final Set<DeviceConnection> connections = new LinkedHashSet<>();
    private Incarnation incarnation;
    private Ownership ownership;
    private Sessions<EdgeSession> sessions;
    private List<EventsProducer> producers = List.of();
    private long incarnations;
    private long hopsAccepted;
    private long unreachableUntilMs;
    private long failingUntilMs;
    private boolean draining;
    private EdgeReach reach;

    // An owner that reads an opened reads nodes to its end, and takes an incarnation that is not
    // named there for one that was cleared away: so no opened before a heartbeat is in Kafka.
    private boolean listening;

    private final Publishing publishing = new Publishing(this, this::acknowledged);

    SimulatedEdge(World world, String name) {
        super(world, name);
        incarnation = new Incarnation(name, 0);
        ownership = new Ownership(world.plan.partitions);
        sessions = new Sessions<>(world.plan.partitions);
        reach = new EdgeReach(world);
    }

    Incarnation incarnation() {
        return incarnation;
    }

    @Override
    void started() {
        ownership = new Ownership(world.plan.partitions);
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
        incarnation = new Incarnation(name, ++incarnations);
        sessions = new Sessions<>(world.plan.partitions);
        listening = false;
        world.trace.note(() -> name + " is " + incarnation);
    }

    @Override
    void killed() {
        world.books.edgeLost(incarnation);
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
        Incarnation mine = incarnation;
        appendBeat(() -> {
            world.books.beat(mine, true);
            NodeNote beat = NodeNote.Heartbeat.ofEdge(mine);
            long atMs = world.nodes.append(beat).appendedAtMs();
            world.agenda.after(
                    world.chance.between(0, 15),
                    here(() -> {
                        heartbeatConfirmed(atMs);
                        listening |= mine.equals(incarnation);
                    }));
        });
    }

    private void nodesRead(SimulatedLog.Batch<NodeNote> batch) {
        for (SimulatedLog.Read<NodeNote> read : batch.records()) {
            switch (read.value()) {
                case NodeNote.Gone(var node, _) when node.equals(incarnation) && !draining ->
                        comeBack();
                case NodeNote.Gone _ -> {}
                case NodeNote.Heartbeat(_, var beat) -> beat.claims().forEach(this::claimed);
            }
        }
    }

    private void claimed(Claim claim) {
        if (reach.claimed(claim, ownership.epoch(claim.partition()))) {
            world.figures.count("cut_off");
            world.trace.note(() -> incarnation + " is cut off from " + claim);
            List.copyOf(sessions.inPartition(claim.partition()))
                    .forEach(session -> endSoon(session, EdgeReach.SPREAD_MS, END_CUT_OFF));
        }
    }

    private void endSoon(EdgeSession session, long withinMs, EndReason reason) {
        later(0, withinMs, () -> end(session, reason));
    }

    private void watchReach() {
        allSessions()
                .forEach(session -> reach.checkHeld(session, ownership.epoch(session.partition())));
        boolean kafkaHere = confirmedWithin(KAFKA_IS_HERE);
        List<SimulatedRouter> routers =
                world.routers.stream().filter(router -> router.hasHopTo(this)).toList();
        boolean there = routers.stream().anyMatch(router -> router.confirmedWithin(KAFKA_IS_HERE));
        if (reach.isolated(kafkaHere, there, !routers.isEmpty())) {
            world.figures.count("isolated");
            allSessions().forEach(session -> end(session, END_CUT_OFF));
        }
        later(1_000, 1_000, this::watchReach);
    }

    private void sweep() {
        long nowMs = world.agenda.nowMs();
        for (EdgeSession session : allSessions()) {
            if (session.isOverdue(nowMs, 0, world.plan.ackDeadlineMs)) {
                world.figures.count("overdue");
                end(session, EndReason.ACK_DEADLINE);
            }
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
        world.trace.note(() -> incarnation + " drains");
        draining = true;
        long spreadMs = world.chance.percent(50) ? 0 : 2_000;
        allSessions().forEach(session -> endSoon(session, spreadMs, EndReason.EDGE_STOPPING));
        awaitDrained(world.agenda.nowMs() + atMostMs);
    }

    private void awaitDrained(long untilMs) {
        if (sessions.size() == 0 || world.has(Mutant.DRAIN_DOES_NOT_WAIT)) {
            world.figures.count("drained");
            world.books.drained(incarnation);
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
        world.trace.note(() -> incarnation + " reads that it is gone");
        List<EdgeSession> old = allSessions();
        boolean says = world.chance.percent(50);
        beginIncarnation();
        announceIncarnation();
        for (EdgeSession session : old) {
            if (says) {
                end(session, EndReason.EDGE_CUT_OFF);
            } else if (session.end(EndReason.EDGE_CUT_OFF)) {
                close(session.connection);
            }
        }
    }

    private List<EdgeSession> allSessions() {
        List<EdgeSession> all = new ArrayList<>();
        for (int p = 0; p < world.plan.partitions; p++) {
            all.addAll(sessions.inPartition(p));
        }
        return all;
    }

    // Devices.

    void connected(DeviceConnection connection) {
        boolean listens = listening || world.has(Mutant.OPENED_BEFORE_HEARTBEAT);
        if (draining || !listens || (!world.kafka.isUp() && world.chance.percent(50))) {
            connection.closeByEdge();
            return;
        }
        connections.add(connection);
        SimulatedDevice device = connection.device;
        EdgeSession session =
                new EdgeSession(
                        incarnation,
                        sessions,
                        device.id,
                        device.partition,
                        world.plan.deviceWindowMessages,
                        connection);
        sessions.inPartition(device.partition).stream()
                .filter(held -> held.device().equals(device.id))
                .max(Comparator.comparingLong(EdgeSession::number))
                .ifPresent(older -> end(older, EndReason.TAKEN_OVER));
        sessions.add(session);
        connection.opened(session);
        announce(session, EventRecord.FIRST);
    }

    private void announce(EdgeSession session, long firstOpened) {
        EventRecord.Opened opened =
                new EventRecord.Opened(
                        session.id(),
                        firstOpened,
                        Transport.TCP,
                        5,
                        session.qos,
                        session.windowMessages(),
                        wallMs());
        append(
                session,
                opened,
                offset -> {
                    if (session.openedConfirmed(offset)) {
                        session.connection.suback();
                    }
                    endIfDue(session);
                });
    }

    private void append(EdgeSession session, EventRecord event, LongConsumer confirmed) {
        producers
                .get(session.partition())
                .append(new EdgeEvent(session.device(), event), confirmed);
    }

    void puback(@Nullable EdgeSession session, int packetId, int reasonCode) {
        if (session != null) {
            int heard = world.has(Mutant.REFUSAL_IS_OVERHEARD) ? 0 : reasonCode;
            acknowledged(session, session.puback(packetId, heard, wallMs()));
        }
    }

    private void acknowledged(EdgeSession session, EventRecord.@Nullable Ack ack) {
        if (ack == null) {
            return;
        }
        world.books.ackTaken(session, ack);
        append(
                session,
                new EventRecord.Acked(session.id(), List.of(ack)),
                offset -> {
                    session.acksConfirmed(1);
                    endIfDue(session);
                });
    }

    /** Ends the session and writes so, once everything else of it is in Kafka. */
    void end(@Nullable EdgeSession session, EndReason reason) {
        if (session != null && session.end(reason)) {
            world.trace.note(() -> session + " ends: " + reason);
            close(session.connection);
            if (world.has(Mutant.END_IS_EARLY)) {
                append(session, new EventRecord.Ended(session.id(), reason, wallMs()), _ -> {});
            }
            endIfDue(session);
        }
    }

    private void close(DeviceConnection connection) {
        connection.closeByEdge();
        connections.remove(connection);
    }

    private void endIfDue(EdgeSession session) {
        EndReason due = session.takeEndedDue();
        if (due != null) {
            append(
                    session,
                    new EventRecord.Ended(session.id(), due, wallMs()),
                    offset -> session.table.remove(session));
        }
    }

    // Routers.

    Hop accept(SimulatedRouter router) {
        return new Hop(world, router, this, incarnation, ++hopsAccepted);
    }

    void frame(Hop hop, HopFrame.FromRouter frame) {
        if (!hop.incarnation().equals(incarnation)) {
            return; // that incarnation's listener is closed
        }
        switch (frame) {
            case HopFrame.Own own -> own(hop, own);
            case HopFrame.Deliver deliver -> {
                if (isFromOwner(hop, deliver.partition(), deliver.epoch())) {
                    deliver(hop, deliver);
                }
            }
            case HopFrame.CloseSession(var partition, var epoch, var number, var reason) -> {
                if (isFromOwner(hop, partition, epoch)) {
                    end(sessions.find(partition, number), reason);
                }
            }
            case HopFrame.Announce(var partition, var epoch, var number) -> {
                EdgeSession session = sessions.find(partition, number);
                if (isFromOwner(hop, partition, epoch) && session != null && session.announce()) {
                    announce(session, session.openedOffset());
                }
            }
            case HopFrame.Hello _, HopFrame.Ping _ -> {}
        }
    }

    private boolean isFromOwner(Hop hop, int partition, long epoch) {
        boolean current = ownership.isCurrent(partition, epoch, hop.number());
        if (!current) {
            world.trace.note(
                    () -> incarnation + " refuses a frame of epoch " + epoch + " over " + hop);
        }
        return current || world.has(Mutant.EPOCH_IS_IGNORED);
    }

    private void own(Hop hop, HopFrame.Own own) {
        int partition = own.partition();
        boolean refused = !ownership.own(partition, own.epoch(), hop.number());
        List<HopFrame.HeldSession> held = new ArrayList<>();
        if (!refused) {
            sessions.inPartition(partition).forEach(session -> held.add(session.held()));
        }
        world.trace.note(() -> hop + " " + own + " refused=" + refused + " " + held);
        int firstPart = world.chance.count(0, held.size());
        for (boolean last : new boolean[] {false, true}) {
            hop.toRouter(
                    new HopFrame.Sessions(
                            partition,
                            refused ? ownership.epoch(partition) : own.epoch(),
                            own.exchange(),
                            refused,
                            sessions.highestIssued(),
                            last,
                            last
                                    ? held.subList(firstPart, held.size())
                                    : held.subList(0, firstPart)));
        }
    }

    private void deliver(Hop hop, HopFrame.Deliver deliver) {
        EdgeSession session = sessions.find(deliver.partition(), deliver.session());
        if (session == null) {
            notHere(hop, deliver);
            return;
        }
        switch (session.deliver(deliver.offset(), wallMs())) {
            case SEND -> publishing.publish(session, deliver);
            case ALREADY_SENT -> {
                world.trace.note(() -> session + " drops " + deliver.offset());
                if (ownership.isCurrent(deliver.partition(), deliver.epoch(), hop.number())) {
                    world.books.ownerSentBelow(session, deliver.offset());
                }
            }
            case NO_ROOM -> {
                world.figures.count("no_room");
                end(session, EndReason.SLOW);
            }
            case OVER -> notHere(hop, deliver);
        }
    }

    private static void notHere(Hop hop, HopFrame.Deliver deliver) {
        hop.toRouter(
                new HopFrame.NotHere(
                        deliver.partition(), deliver.epoch(), deliver.session(), deliver.offset()));
    }
}
