package io.lastmile.simulation;

import static io.lastmile.simulation.InvariantBroken.check;

import io.lastmile.router.kafka.EdgeWatch;
import io.lastmile.router.owner.ClaimPlan;
import io.lastmile.router.owner.EdgeHops;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.router.owner.OwnedPartitions;
import io.lastmile.router.ownership.Liveness;
import io.lastmile.router.ownership.OwnershipCommand;
import io.lastmile.router.ownership.OwnershipEvent;
import io.lastmile.router.ownership.OwnershipHeart;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.NodeRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A router: the real ownership heart, watch of edges and owned partitions, between modelled hops, a
 * view of the nodes topic and Kafka.
 *
 * <p>Long because it is all that a router's process does.
 */
final class SimulatedRouter extends SimulatedProcess implements EdgeHops {
    static final int GONE_AFTER_HEARTBEATS = 5;
    static final int ROUTER_GONE_AFTER_HEARTBEATS = 4;
    private static final long TICK_MS = 100;
    private static final Duration FRESH_HEARTBEAT = Duration.ofSeconds(1);

    private final TreeMap<Integer, Owner> owners = new TreeMap<>();
    private final TreeMap<Incarnation, Hop> hops = new TreeMap<>();
    private final TreeSet<Incarnation> edges = new TreeSet<>();
    private final TreeSet<Incarnation> wanted = new TreeSet<>();
    private final TreeSet<Incarnation> connecting = new TreeSet<>();
    private final Set<Incarnation> gone = new HashSet<>();
    private OwnedPartitions owned = new OwnedPartitions();
    private Incarnation incarnation;
    private long incarnations;
    private long eventsStuckUntilMs;
    private long heartbeatsFailUntilMs;
    private long beats;
    private boolean stopping;
    private final OwnershipSabotage sabotage;
    private final Map<Integer, Long> nodesEndByPartition = new HashMap<>();
    private final Set<Integer> unclaimable = new HashSet<>();
    private long confirmedMs;
    private long nodesStuckUntilMs;
    private long sleepsBeforeFencingMs;
    private OwnershipHeart ownership;
    private EdgeWatch watch;
    private @Nullable Tail<NodeNote> nodes;

    SimulatedRouter(World world, String name) {
        super(world, name);
        incarnation = new Incarnation(name, 0);
        sabotage = new OwnershipSabotage(world);
        ownership = newOwnership();
        watch = newWatch();
    }

    private OwnershipHeart newOwnership() {
        return new OwnershipHeart(incarnation, sabotage.settings(), world.agenda.nowMs());
    }

    private EdgeWatch newWatch() {
        int goneAfter = world.has(Mutant.GONE_TOO_SOON) ? 2 : GONE_AFTER_HEARTBEATS;
        return new EdgeWatch(
                () -> incarnation,
                new Liveness(goneAfter, World.HEARTBEAT_MS),
                owned,
                this,
                this::declareGone);
    }

    @Override
    void started() {
        incarnation = new Incarnation(name, ++incarnations);
        ownership = newOwnership();
        beats = 0;
        stopping = false;
        owners.clear();
        owned = new OwnedPartitions();
        watch = newWatch();
        hops.clear();
        edges.clear();
        wanted.clear();
        connecting.clear();
        gone.clear();
        beat();
        nodes =
                new Tail<>(
                        this,
                        world.nodes,
                        0,
                        () -> true,
                        () -> world.agenda.nowMs() >= nodesStuckUntilMs,
                        this::nodesRead,
                        () -> {});
        nodes.poll();
        connectHops();
        tick();
    }

    @Override
    void killed() {
        hops.values().forEach(Hop::cut);
    }

    // Ownership.

    private void tick() {
        tell(new OwnershipEvent.Tick(world.agenda.nowMs()));
        if (stopping && ownership.isIdle()) {
            append(true);
            stop();
            killed();
            world.agenda.after(
                    world.chance.between(100, 4_000),
                    () -> {
                        if (!isAlive()) {
                            start();
                        }
                    });
            return;
        }
        later(TICK_MS, TICK_MS, this::tick);
    }

    /** Told to end, as by SIGTERM: what it serves finds an owner first. */
    void stopInOrder() {
        if (isServing() && !stopping) {
            world.trace.note(() -> name + " is told to stop");
            stopping = true;
            append(false);
            tell(new OwnershipEvent.Closing());
        }
    }

    /** Its heartbeats do not get through for so long. */
    void failToBeat(long forMs) {
        heartbeatsFailUntilMs = world.agenda.nowMs() + forMs;
    }

    /** It reads nodes late for so long: it sees less than others. */
    void readNodesLate(long forMs) {
        nodesStuckUntilMs = world.agenda.nowMs() + forMs;
    }

    /** Its next claim falls asleep for so long, with its process, when it would fence. */
    void sleepBeforeFencing(long forMs) {
        sleepsBeforeFencingMs = forMs;
    }

    /** A claim is about to fence. */
    void prepared() {
        long forMs = sleepsBeforeFencingMs;
        sleepsBeforeFencingMs = 0;
        if (forMs > 0 && isServing()) {
            world.figures.count("slept_before_fencing");
            pause();
            int asleep = life();
            world.agenda.after(
                    forMs,
                    () -> {
                        if (isPaused() && life() == asleep) {
                            resume();
                        }
                    });
        }
    }

    /** From now on its claims of the partition fail. */
    void cannotClaim(int partition) {
        unclaimable.add(partition);
    }

    boolean canClaim(int partition) {
        return !unclaimable.contains(partition);
    }

    boolean canClaimAll() {
        return unclaimable.isEmpty();
    }

    /** Another router counts badly. */
    void declaredGoneInError() {
        Incarnation mine = incarnation;
        world.trace.note(() -> mine + " is declared gone in error");
        world.kafka.append(() -> world.nodes.append(new NodeNote.Gone(mine, NodeRole.ROUTER)));
    }

    void tell(OwnershipEvent event) {
        OwnershipEvent heard = sabotage.heard(event);
        if (heard != null) {
            ownership.on(heard).forEach(this::carryOut);
        }
    }

    private void carryOut(OwnershipCommand command) {
        if (!(command instanceof OwnershipCommand.ReadNodes)) {
            world.trace.note(() -> name + ": " + command);
        }
        if (sabotage.isIgnored(command)) {
            return;
        }
        switch (command) {
            case OwnershipCommand.StartClaim(var partition, var attempt) -> {
                Owner owner = new Owner(this, world.partitions.get(partition), attempt);
                owners.put(partition, owner);
                owner.claim();
                world.claimBegins(this);
            }
            case OwnershipCommand.CancelClaim(var partition, var attempt) -> {
                Owner owner = owners.get(partition);
                if (owner != null && owner.isOf(attempt)) {
                    owner.drop();
                }
            }
            case OwnershipCommand.ReadNodes(var partition, var attempt) ->
                    readNodes(partition, attempt);
            case OwnershipCommand.Fence(var partition, _) -> {
                checkMayFence(partition);
                owner(partition).fence();
            }
            case OwnershipCommand.Serve(var partition, _) -> owner(partition).begin();
            case OwnershipCommand.Drop(var partition, _) -> owner(partition).drop();
            case OwnershipCommand.HandOver(var partition, _) -> owner(partition).handOver();
            case OwnershipCommand.DeclareGone(var router) -> {
                world.books.declaresGone(router);
                world.kafka.append(
                        () -> world.nodes.append(new NodeNote.Gone(router, NodeRole.ROUTER)));
            }
            case OwnershipCommand.TakeNextIncarnation _ -> {
                incarnation = new Incarnation(name, ++incarnations);
                beats = 1;
                append(false);
            }
        }
    }

    private void readNodes(int partition, long attempt) {
        nodesEndByPartition.put(partition, world.nodes.end());
        Runnable read =
                here(() -> {
                    boolean fresh = confirmedWithin(FRESH_HEARTBEAT);
                    tell(new OwnershipEvent.NodesRead(partition, attempt, fresh));
                });
        if (sabotage.readsNoNodes()) {
            later(0, 5, read);
        } else {
            onceNodesAreRead(read);
        }
    }

    private void checkMayFence(int partition) {
        Tail<NodeNote> tail = nodes;
        long read = tail == null ? 0 : tail.position();
        check(
                world.agenda.nowMs() - confirmedMs <= FRESH_HEARTBEAT.toMillis()
                        && read >= nodesEndByPartition.getOrDefault(partition, 0L),
                Invariant.FENCED_FOR_A_REASON,
                () -> name + " fences " + partition);
    }

    /** Whether it serves what the log gives it, and nothing else. */
    boolean isSettled() {
        return ownership.isSettled() && owners.values().stream().allMatch(Owner::isServing);
    }

    private Owner owner(int partition) {
        return Objects.requireNonNull(owners.get(partition), "a claim comes first");
    }

    private void beat() {
        beats++;
        append(stopping);
        later(World.HEARTBEAT_MS, World.HEARTBEAT_MS, this::beat);
    }

    private void append(boolean draining) {
        if (world.agenda.nowMs() < heartbeatsFailUntilMs) {
            return;
        }
        Incarnation mine = incarnation;
        NodeNote beat =
                NodeNote.Heartbeat.ofRouter(
                        mine,
                        draining || stopping,
                        beats,
                        new NodeRecord.RouterPartitions(
                                owned.claims(), sabotage.unable(ownership.unable())));
        appendBeat(() -> {
            world.books.beat(mine, false);
            long atMs = world.nodes.append(beat).appendedAtMs();
            world.agenda.after(world.chance.between(0, 15), here(() -> beatConfirmed(mine, atMs)));
        });
    }

    private void beatConfirmed(Incarnation confirmed, long appendedAtMs) {
        confirmedMs = world.agenda.nowMs();
        heartbeatConfirmed(appendedAtMs);
        if (confirmed.equals(incarnation)) {
            tell(new OwnershipEvent.IncarnationTaken(confirmed));
        }
    }

    // The view of nodes.

    private void nodesRead(SimulatedLog.Batch<NodeNote> batch) {
        for (SimulatedLog.Read<NodeNote> read : batch.records()) {
            switch (read.value()) {
                case NodeNote.Gone(var node, var role) -> {
                    if (role == NodeRole.EDGE) {
                        gone.add(node);
                        edges.remove(node);
                    }
                    watch.gone(node, new NodeRecord.Gone(role, incarnation, read.appendedAtMs()));
                    if (role == NodeRole.ROUTER) {
                        tell(new OwnershipEvent.RouterGone(node));
                    }
                }
                case NodeNote.Heartbeat(var node, var beat) -> {
                    if (beat.role() == NodeRole.EDGE && !gone.contains(node)) {
                        edges.add(node);
                    }
                    watch.heartbeat(node, beat, read.appendedAtMs());
                    if (beat.role() == NodeRole.ROUTER) {
                        tell(new OwnershipEvent.RouterBeat(node, beat, read.appendedAtMs()));
                    }
                }
            }
        }
    }

    private void declareGone(Incarnation edge) {
        world.books.declaresGone(edge);
        world.trace.note(() -> name + " declares gone: " + edge);
        world.kafka.append(() -> {
            world.books.declaredGone(edge);
            world.nodes.append(new NodeNote.Gone(edge, NodeRole.EDGE));
        });
    }

    Incarnation incarnation() {
        return incarnation;
    }

    /** A partition begins to be served. */
    void serves(OwnedPartition mine) {
        owned.add(mine, hops.keySet());
        edges.forEach(mine::edgeUp);
        new TreeSet<>(gone).forEach(mine::edgeGone);
    }

    /** Runs once nodes has told of each of these edges. */
    void edgesOnceTold(Set<Incarnation> named, Runnable action) {
        if (ClaimPlan.isTold(named, edges, gone)) {
            action.run();
        } else {
            onceNodesAreRead(action);
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
        for (Incarnation edge : wanted) {
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
        if (hops.containsKey(edge) || !wanted.contains(edge)) {
            hop.cut();
            return;
        }
        world.trace.note(() -> hop + " is open");
        hops.put(edge, hop);
        owned.connected(edge);
        if (world.mayFail(Fault.HOP_CUT) && world.chance.percent(20)) { // an unsteady network
            later(0, 200, () -> loseIfOpen(hop));
        }
    }

    List<Hop> hops() {
        return new ArrayList<>(hops.values());
    }

    @Override
    public void keep(Incarnation edge, String host, int port) {
        wanted.add(edge);
    }

    @Override
    public void drop(Incarnation edge) {
        wanted.remove(edge);
        Hop hop = hops.get(edge);
        if (hop != null) {
            lose(hop);
        }
    }

    @Override
    public void send(Incarnation edge, HopFrame.FromRouter frame) {
        Hop hop = hops.get(edge);
        if (hop != null) {
            hop.toEdge(frame);
        }
    }

    @Override
    public void flush(Incarnation edge) {}

    @Override
    public Set<Incarnation> connected() {
        return hops.keySet();
    }

    void frame(Hop hop, HopFrame.FromEdge frame) {
        switch (frame) {
            case HopFrame.Sessions sessions -> owned.answered(hop.incarnation(), sessions);
            case HopFrame.NotHere notHere -> owned.notHere(hop.incarnation(), notHere);
            case HopFrame.Challenge _, HopFrame.Welcome _, HopFrame.Pong _ -> {}
        }
    }

    private void lose(Hop hop) {
        world.trace.note(() -> hop + " breaks");
        hop.cut();
        hops.remove(hop.incarnation());
        owned.cutOff(hop.incarnation());
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
            owned.stalled(edge, stalled);
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

    void describe(DeviceId device) {
        owners.values().forEach(owner -> owner.describe(device));
    }

    boolean isOwner(Owner owner) {
        return owners.get(owner.partition()) == owner;
    }

    void dropped(Owner owner, @Nullable OwnedPartition mine) {
        if (mine != null) {
            owned.remove(mine);
        }
        owners.remove(owner.partition(), owner);
    }
}
