package io.lastmile.simulation;

import io.lastmile.edge.session.Ownership;
import io.lastmile.edge.session.Sessions;
import io.lastmile.simulation.PartitionLogs.EdgeEvent;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Transport;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.Proof;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** An edge: the real {@link Ownership} and sessions between modelled devices, hops and Kafka. */
final class SimulatedEdge extends SimulatedProcess {
    private final Set<DeviceConnection> connections = new LinkedHashSet<>();
    private Incarnation incarnation;
    private Ownership ownership;
    private Sessions<EdgeSession> sessions;
    private List<EventsProducer> producers = List.of();
    private long incarnations;
    private long hopsAccepted;

    // An owner that reads an opened reads nodes to its end, and takes an incarnation that is not
    // named there for one that was cleared away: so no opened before a heartbeat is in Kafka.
    private boolean listening;

    private @Nullable Runnable heldBack; // a planted bug keeps a PUBLISH here

    SimulatedEdge(World world, String name) {
        super(world, name);
        incarnation = new Incarnation(name, 0);
        ownership = new Ownership(world.plan.partitions);
        sessions = new Sessions<>(world.plan.partitions);
    }

    Incarnation incarnation() {
        return incarnation;
    }

    @Override
    void started() {
        ownership = new Ownership(world.plan.partitions);
        producers = world.partitions.stream().map(p -> new EventsProducer(this, p)).toList();
        beginIncarnation();
        beat();
        new Tail<>(this, world.nodes, 0, () -> true, () -> true, this::nodesRead).poll();
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

    private void beat() {
        announceIncarnation();
        later(World.HEARTBEAT_MS, World.HEARTBEAT_MS, this::beat);
    }

    private void announceIncarnation() {
        Incarnation mine = incarnation;
        Runnable confirmed = here(() -> listening |= mine.equals(incarnation));
        world.kafka.append(() -> {
            world.nodes.append(new NodeNote.Heartbeat(mine, true));
            world.agenda.after(world.chance.between(0, 15), confirmed);
        });
    }

    private void nodesRead(SimulatedLog.Batch<NodeNote> batch) {
        for (SimulatedLog.Read<NodeNote> read : batch.records()) {
            if (read.value() instanceof NodeNote.Gone gone && gone.node().equals(incarnation)) {
                comeBack();
            }
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
        if (!listening || (!world.kafka.isUp() && world.chance.percent(50))) {
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
        EdgeSession older = sessions.add(session);
        if (older != null) {
            end(older, EndReason.TAKEN_OVER);
        }
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
                        world.agenda.nowMs());
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
            acknowledged(session, session.puback(packetId, reasonCode, world.agenda.nowMs()));
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
                    new EventRecord.Ended(session.id(), due, world.agenda.nowMs()),
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
        switch (session.deliver(deliver.offset(), world.agenda.nowMs())) {
            case SEND -> publish(session, deliver);
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

    private void publish(EdgeSession session, HopFrame.Deliver deliver) {
        long offset = deliver.offset();
        int packetId = session.packetId(offset);
        world.books.sent(session, deliver);
        Runnable write =
                () -> {
                    session.connection.publish(session, offset, packetId);
                    if (session.qos == 0) { // the socket takes the bytes, now or a little later
                        later(0, 20, () -> settleUnheard(session, offset));
                    }
                };
        if (world.strikes(Mutant.UNSENT_IS_ACKNOWLEDGED, 10)) {
            acknowledged(session, session.settle(offset, Proof.PUBACK, 0, world.agenda.nowMs()));
        } else if (world.strikes(Mutant.SENT_TWICE, 10)) {
            write.run();
            write.run();
        } else if (heldBack == null && world.strikes(Mutant.OFFSETS_FALL, 20)) {
            heldBack = write;
            later(20, 20, this::writeHeldBack);
        } else {
            write.run();
        }
    }

    private void settleUnheard(EdgeSession session, long offset) {
        acknowledged(session, session.settle(offset, Proof.SENT, 0, world.agenda.nowMs()));
    }

    private void writeHeldBack() {
        Runnable write = heldBack;
        heldBack = null;
        if (write != null) {
            write.run();
        }
    }
}
