package io.lastmile.simulation;

import io.lastmile.router.heart.EdgeLiveness;
import io.lastmile.router.heart.Event;
import io.lastmile.simulation.Group.Member;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.NodeRecord.Claim;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A router: the shell of its owners, with hops to all edges and a view of the nodes topic. */
final class SimulatedRouter extends SimulatedProcess {
    static final int GONE_AFTER_HEARTBEATS = 5;
    private static final long LET_GO_MAX_MS = 5_000;

    private final TreeMap<Integer, Owner> owners = new TreeMap<>();
    private final TreeMap<Incarnation, Hop> hops = new TreeMap<>();
    private final TreeSet<Incarnation> edges = new TreeSet<>();
    private final TreeSet<Incarnation> connecting = new TreeSet<>();
    private final Set<Incarnation> gone = new HashSet<>();
    private Incarnation incarnation;
    private long incarnations;
    private long eventsStuckUntilMs;
    private long zombieUntilMs; // until then it has not heard that it is no owner any more
    private @Nullable Member member;
    private EdgeLiveness liveness;
    private @Nullable Tail<NodeNote> nodes;

    SimulatedRouter(World world, String name) {
        super(world, name);
        incarnation = new Incarnation(name, 0);
        liveness = new EdgeLiveness(incarnation, GONE_AFTER_HEARTBEATS);
    }

    private int goneAfter() {
        return world.has(Mutant.GONE_TOO_SOON) ? 2 : GONE_AFTER_HEARTBEATS;
    }

    @Override
    void started() {
        incarnation = new Incarnation(name, ++incarnations);
        liveness = new EdgeLiveness(incarnation, goneAfter());
        owners.clear();
        hops.clear();
        edges.clear();
        connecting.clear();
        gone.clear();
        member = null;
        beat();
        nodes = new Tail<>(this, world.nodes, 0, () -> true, () -> true, this::nodesRead, () -> {});
        nodes.poll();
        connectHops();
        checkMembership();
    }

    @Override
    void killed() {
        hops.values().forEach(Hop::cut);
    }

    @Override
    void resumed() {
        zombieUntilMs = world.agenda.nowMs() + world.chance.between(0, 2_000);
    }

    private void join() {
        Member joining = new Member(this);
        member = joining;
        world.group.join(joining);
    }

    /** What a group's heartbeat tells: whether it is a member still. */
    private void checkMembership() {
        Member current = member;
        long now = world.agenda.nowMs();
        if (now < zombieUntilMs) {
            later(zombieUntilMs - now, zombieUntilMs - now, this::checkMembership);
            return;
        }
        later(500, 1_000, this::checkMembership);
        if (current != null && world.kafka.isUp() && world.group.hasExpelled(current)) {
            world.trace.note(() -> name + " learns that it is no member any more");
            List.copyOf(owners.values()).forEach(Owner::drop);
            join();
        }
    }

    private void beat() {
        Incarnation mine = incarnation;
        List<Claim> claims = owners.values().stream().flatMap(Owner::claimed).toList();
        world.kafka.append(() -> {
            world.books.beat(mine, false);
            long atMs =
                    world.nodes.append(new NodeNote.Heartbeat(mine, false, claims)).appendedAtMs();
            world.agenda.after(world.chance.between(0, 15), here(() -> beatConfirmed(atMs)));
        });
        later(World.HEARTBEAT_MS, World.HEARTBEAT_MS, this::beat);
    }

    private void beatConfirmed(long appendedAtMs) {
        boolean first = !hasOwnTime();
        heartbeatConfirmed(appendedAtMs);
        if (first) {
            join(); // before it had no time
        }
    }

    // The view of nodes.

    private void nodesRead(SimulatedLog.Batch<NodeNote> batch) {
        for (SimulatedLog.Read<NodeNote> read : batch.records()) {
            switch (read.value()) {
                case NodeNote.Gone(var edge) -> edgeGone(edge);
                case NodeNote.Heartbeat(var edge, var isEdge, var _) when isEdge -> edgeBeat(edge);
                case NodeNote.Heartbeat(var router, var _, var _) ->
                        liveness.routerBeat(router).ifPresent(this::declareGone);
            }
        }
    }

    private void edgeBeat(Incarnation edge) {
        if (gone.contains(edge)) {
            return;
        }
        liveness.edgeBeat(edge);
        if (edges.add(edge)) {
            owners.values().forEach(owner -> owner.tell(new Event.EdgeUp(edge)));
        }
    }

    private void declareGone(Incarnation edge) {
        world.trace.note(() -> name + " declares gone: " + edge);
        world.kafka.append(() -> {
            world.books.declaredGone(edge);
            world.nodes.append(new NodeNote.Gone(edge));
        });
    }

    private void edgeGone(Incarnation edge) {
        if (gone.add(edge)) {
            edges.remove(edge);
            liveness.gone(edge);
            Hop hop = hops.get(edge);
            if (hop != null) {
                lose(hop);
            }
            owners.values().forEach(owner -> owner.edgeGone(edge));
        }
    }

    /** The edges that nodes names and that are not gone. */
    Set<Incarnation> edges() {
        return Set.copyOf(edges);
    }

    /** Runs once nodes is read to the end that it has now. */
    void onceNodesAreRead(Runnable action) {
        world.kafka.askEnd(world.nodes, this, end -> awaitNodes(end, action));
    }

    private void awaitNodes(long end, Runnable action) {
        Tail<NodeNote> tail = nodes;
        if (tail != null && tail.position() >= end) {
            action.run();
        } else {
            later(5, 20, () -> awaitNodes(end, action));
        }
    }

    // Hops.

    private void connectHops() {
        for (Incarnation edge : edges) {
            if (!hops.containsKey(edge) && connecting.add(edge)) {
                connect(edge);
            }
        }
        later(10, 300, this::connectHops);
    }

    private void connect(Incarnation to) {
        SimulatedEdge edge = world.edge(to.node());
        later(200, 2_000, () -> connecting.remove(to));
        world.agenda.after(
                world.chance.between(1, 20),
                edge.here(() -> {
                    if (edge.takesHops() && edge.incarnation().equals(to)) {
                        Hop hop = edge.accept(this);
                        later(1, 20, () -> connected(hop));
                    }
                }));
    }

    private void connected(Hop hop) {
        Incarnation edge = hop.incarnation();
        if (hops.containsKey(edge) || gone.contains(edge)) {
            hop.cut();
            return;
        }
        world.trace.note(() -> hop + " is open");
        hops.put(edge, hop);
        owners.values().forEach(owner -> owner.own(hop));
        if (world.mayFail(Fault.HOP_CUT) && world.chance.percent(20)) { // an unsteady network
            later(0, 200, () -> loseIfOpen(hop));
        }
    }

    List<Hop> hops() {
        return new ArrayList<>(hops.values());
    }

    @Nullable Hop hop(Incarnation edge) {
        return hops.get(edge);
    }

    void frame(Hop hop, HopFrame.FromEdge frame) {
        switch (frame) {
            case HopFrame.Sessions sessions -> {
                Owner owner = owners.get(sessions.partition());
                if (owner != null) {
                    owner.answered(hop, sessions);
                }
            }
            case HopFrame.NotHere notHere -> {
                Owner owner = owners.get(notHere.partition());
                if (owner != null) {
                    owner.notHere(hop, notHere);
                }
            }
            case HopFrame.Challenge _, HopFrame.Welcome _, HopFrame.Pong _ -> {}
        }
    }

    private void lose(Hop hop) {
        world.trace.note(() -> hop + " breaks");
        hop.cut();
        hops.remove(hop.incarnation());
        owners.values().forEach(owner -> owner.tell(new Event.EdgeCutOff(hop.incarnation())));
    }

    private void loseIfOpen(Hop hop) {
        if (hop.isOpen()) {
            lose(hop);
        }
    }

    void edgeProcessDied(SimulatedEdge edge) {
        for (Hop hop : hops()) {
            if (hop.leadsTo(edge)) {
                later(0, 1_500, () -> loseIfOpen(hop));
            }
        }
    }

    boolean hasHopTo(SimulatedEdge edge) {
        return isServing() && hops.values().stream().anyMatch(hop -> hop.leadsTo(edge));
    }

    /** The network between it and an edge is gone. */
    void loseHopsTo(SimulatedEdge edge) {
        for (Hop hop : hops()) {
            if (hop.leadsTo(edge)) {
                loseIfOpen(hop);
            }
        }
    }

    void cutHop() {
        if (isServing() && !hops.isEmpty()) {
            lose(world.chance.pick(hops()));
        }
    }

    void stallHop(long forMs) {
        if (isAlive() && !hops.isEmpty()) {
            Hop hop = world.chance.pick(hops());
            world.trace.note(() -> hop + " stalls");
            hop.stall(forMs);
            later(0, 2_000, () -> tellStalled(hop));
            if (world.chance.percent(40)) {
                later(0, 1_500, () -> loseIfOpen(hop));
            }
        }
    }

    /** The hop's buffer is full, until it has gone on for a while. */
    private void tellStalled(Hop hop) {
        Incarnation edge = hop.incarnation();
        if (hop.isOpen()) {
            boolean stalled = hop.isStalled();
            owners.values().forEach(owner -> owner.tell(new Event.EdgeStalled(edge, stalled)));
            if (stalled) {
                later(5, 100, () -> tellStalled(hop));
            }
        }
    }

    /** Its consumer of events gets nothing for so long. */
    void readEventsLate(long forMs) {
        eventsStuckUntilMs = world.agenda.nowMs() + forMs;
    }

    boolean readsEventsLate() {
        return world.agenda.nowMs() < eventsStuckUntilMs;
    }

    // Partitions.

    void assigned(int partition, Member to) {
        here(
                        () -> {
                            if (member == to && world.group.owns(to, partition)) {
                                claim(partition);
                            }
                        })
                .run();
    }

    private void claim(int partition) {
        Owner before = owners.get(partition);
        if (before != null) {
            before.drop();
        }
        Owner owner = new Owner(this, world.partitions.get(partition));
        owners.put(partition, owner);
        owner.claim();
    }

    /** It is owned until the successor's claim fences it, or for so long that there is none. */
    void letsGo(int partition) {
        Owner owner = owners.get(partition);
        if (owner != null) {
            world.figures.count("let_go");
            later(
                    LET_GO_MAX_MS,
                    LET_GO_MAX_MS,
                    () -> {
                        if (isOwner(owner)) {
                            owner.handOver(() -> {});
                        }
                    });
        }
    }

    /** A last checkpoint comes first. */
    void revoked(int partition, Runnable whenReleased) {
        here(
                        () -> {
                            Owner owner = owners.get(partition);
                            if (owner == null) {
                                whenReleased.run();
                            } else {
                                owner.handOver(whenReleased);
                            }
                        })
                .run();
    }

    void describe(DeviceId device) {
        owners.values().forEach(owner -> owner.describe(device));
    }

    boolean isOwner(Owner owner) {
        return owners.get(owner.partition()) == owner;
    }

    void dropped(Owner owner) {
        owners.remove(owner.partition(), owner);
    }

    /** A fenced or aborted owner claims again only if the group still says that it may. */
    void reclaimIfAssigned(int partition) {
        later(
                100,
                600,
                () ->
                        world.kafka.eventually(
                                1,
                                10,
                                here(() -> {
                                    Member current = member;
                                    if (current != null
                                            && !owners.containsKey(partition)
                                            && world.group.owns(current, partition)) {
                                        claim(partition);
                                    }
                                })));
    }
}
