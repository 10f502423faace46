package io.lastmile.simulation;

import static io.lastmile.simulation.InvariantBroken.check;

import io.lastmile.edge.session.Session;
import io.lastmile.router.heart.HeartSettings;
import io.lastmile.simulation.PartitionLogs.BroadcastNote;
import io.lastmile.simulation.PartitionLogs.StateNote;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.PresenceRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: Kafka, routers, edges and devices of one seed. First there is chaos; then everything is
 * healed, every device connects once more and gets one more message, and the books are checked.
 */
final class World {
    static final long HEARTBEAT_MS = 500;

    /** Longer than a restore, and than a process may be paused in one. */
    static final long CLEANER_WAITS_MS = 25_000;

    /** Longer than any restore takes (delete.retention.ms). */
    static final long TOMBSTONES_KEPT_MS = 10_000;

    /** Longer than any run: nothing that is stuck may hide behind its expiry. */
    static final long TTL_DEFAULT_MS = 3_600_000;

    private static final long START_MS = 1_000_000;
    private static final long QUIET_WITHIN_MS = 240_000;

    /** A claim, with a Kafka that is well. */
    private static final long CLAIMED_WITHIN_MS = 10_000;

    final Chance chance;
    final Agenda agenda;
    final Trace trace;
    final Plan plan;
    final SimulatedKafka kafka;
    final Figures figures = new Figures();
    final Books books;
    final List<PartitionLogs> partitions = new ArrayList<>();
    final SimulatedLog<NodeNote> nodes;
    final SimulatedLog<BroadcastNote> broadcasts;
    final List<SimulatedRouter> routers = new ArrayList<>();
    final List<SimulatedEdge> edges = new ArrayList<>();
    final List<SimulatedDevice> devices = new ArrayList<>();
    final Producers producers;
    final Broadcasters broadcasters;
    private final @Nullable Mutant mutant;
    private @Nullable Consumer<SimulatedRouter> whenClaimBegins;
    private boolean chaos = true;

    World(long seed, @Nullable Mutant mutant, boolean tracing) {
        this.mutant = mutant;
        chance = new Chance(seed);
        agenda = new Agenda(START_MS);
        trace = new Trace(agenda, tracing);
        plan = new Plan(chance);
        trace.note(() -> plan.toString());
        kafka = new SimulatedKafka(agenda, chance, !plan.has(Trait.BROKER_CLOCKS));
        books = new Books(this);
        for (int p = 0; p < plan.partitions; p++) {
            int partition = p;
            partitions.add(
                    new PartitionLogs(p, this, appended -> books.committed(partition, appended)));
        }
        nodes = new SimulatedLog<>("nodes", kafka.brokerClock());
        broadcasts = new SimulatedLog<>("broadcasts", kafka.brokerClock());
        producers = new Producers(this);
        broadcasters = new Broadcasters(this);
        for (int i = 1; i <= plan.routers; i++) {
            routers.add(new SimulatedRouter(this, "router-" + i));
        }
        for (int i = 1; i <= plan.edges; i++) {
            edges.add(new SimulatedEdge(this, "edge-" + i));
        }
        for (int i = 1; i <= plan.devices; i++) {
            DeviceId id = new DeviceId("device-" + i);
            devices.add(new SimulatedDevice(this, id, Partitions.of(id, plan.partitions)));
        }
    }

    @Nullable Mutant mutant() {
        return mutant;
    }

    boolean has(Mutant planted) {
        return mutant == planted;
    }

    /** Whether this bug is planted and shows this time. */
    boolean strikes(Mutant planted, int percent) {
        return mutant == planted && chance.percent(percent);
    }

    HeartSettings heartSettings() {
        HeartSettings s = plan.settings;
        HeartSettings.Waits waits =
                new HeartSettings.Waits(
                        has(Mutant.TAKE_OVER_IS_NOT_AWAITED) ? 0 : s.waits().takeOverMs(),
                        s.waits().cutOffTakeOverMs(),
                        has(Mutant.CERTAIN_AT_ONCE) ? 0 : s.waits().edgesMs());
        return new HeartSettings(
                s.inbox(), s.ttl(), s.pace(), waits, s.keys(), s.bodies(), s.channels());
    }

    /** Whether this fault belongs to the seed and its time is not over. */
    boolean mayFail(Fault fault) {
        return chaos && plan.faults.contains(fault);
    }

    /** Which partition of messages the log is. */
    int partitionOf(SimulatedLog<?> messages) {
        for (PartitionLogs logs : partitions) {
            if (logs.messages == messages) {
                return logs.partition;
            }
        }
        throw new IllegalArgumentException(messages + " is no partition of messages");
    }

    SimulatedEdge edge(String name) {
        return edges.stream().filter(edge -> edge.name.equals(name)).findFirst().orElseThrow();
    }

    /**
     * Runs the whole seed.
     *
     * @throws InvariantBroken as soon as one is
     */
    void run() {
        routers.forEach(router -> agenda.after(chance.between(0, 500), router::start));
        edges.forEach(edge -> agenda.after(chance.between(0, 500), edge::start));
        devices.forEach(device -> agenda.after(chance.between(500, 3_000), device::connect));
        producers.produce();
        broadcasters.produce();
        agenda.after(chance.between(1_000, 4_000), this::somethingFails);
        runFor(plan.chaosMs);
        heal();
        runFor(chance.between(1_000, 10_000));
        trace.note(() -> "every device connects once more");
        for (SimulatedDevice device : devices) {
            agenda.after(
                    chance.between(0, 3_000),
                    chance.percent(50) ? () -> device.disconnect(100) : device::connectOnceMore);
        }
        runFor(6_000);
        runUntilSettled();
        List<Story> last = devices.stream().map(producers::appendPlain).toList();
        broadcasters.postLast();
        runUntilSettled();
        last.forEach(Books::checkDelivered);
        runFor(3_000);
        devices.forEach(this::checkPresence);
        for (int p = 0; p < plan.partitions; p++) {
            books.broadcasts().checkMembers(p);
        }
        checkOwners();
    }

    private void runUntilSettled() {
        long deadline = agenda.nowMs() + QUIET_WITHIN_MS;
        while (!books.isSettled() && agenda.nowMs() < deadline) {
            runFor(1_000);
        }
        if (!books.isSettled()) {
            devices.forEach(device -> routers.forEach(router -> router.describe(device.id)));
        }
        books.checkSettled();
    }

    private void runFor(long ms) {
        long untilMs = agenda.nowMs() + ms;
        agenda.at(untilMs, () -> {});
        while (agenda.nowMs() < untilMs) {
            agenda.step();
        }
    }

    private void somethingFails() {
        if (chaos && !plan.faults.isEmpty()) {
            Fault fault = chance.pick(List.copyOf(plan.faults));
            trace.note(() -> "fault: " + fault);
            fault.strike(this);
            agenda.after(chance.between(0, 2 * plan.faultEveryMs), this::somethingFails);
        }
    }

    void kafkaStops() {
        trace.note(() -> "Kafka is away");
        kafka.stop();
    }

    /** Each process hears of it within so long. */
    void kafkaBack(long withinMs) {
        if (!kafka.isUp()) {
            trace.note(() -> "Kafka is back");
            kafka.resume();
            for (SimulatedProcess process : withinMs == 0 ? List.<SimulatedProcess>of() : all()) {
                process.returnsAt(agenda.nowMs() + chance.between(0, withinMs));
            }
            for (PartitionLogs logs : partitions) {
                if (chance.percent(50)) { // the transaction's timeout came first
                    logs.transactions.abortNext();
                }
            }
        }
    }

    private void heal() {
        trace.note(() -> "everything is healed");
        chaos = false;
        producers.stop();
        broadcasters.stop();
        kafkaBack(0);
        kafka.slowness(1);
        whenClaimBegins = null;
        routers.forEach(router -> router.sleepBeforeFencing(0));
        edges.forEach(SimulatedEdge::reachableAgain);
        for (SimulatedProcess process : all()) {
            if (!process.isAlive()) {
                process.start();
            } else if (process.isPaused()) {
                process.resume();
            }
        }
        devices.forEach(SimulatedDevice::heal);
    }

    /** Routers and edges. */
    List<SimulatedProcess> all() {
        List<SimulatedProcess> processes = new ArrayList<>(routers);
        processes.addAll(edges);
        return processes;
    }

    /** Done with the router whose claim begins next. */
    void whenClaimBegins(Consumer<SimulatedRouter> action) {
        whenClaimBegins = action;
    }

    void claimBegins(SimulatedRouter claimer) {
        Consumer<SimulatedRouter> action = whenClaimBegins;
        whenClaimBegins = null;
        if (action != null) {
            agenda.after(chance.between(0, 100), () -> action.accept(claimer));
        }
    }

    /** Who has just been given a partition, since another cannot claim it, has time to claim it. */
    private void checkOwners() {
        long deadline = agenda.nowMs() + CLAIMED_WITHIN_MS;
        while (!routers.stream().allMatch(World::servesItsOwn) && agenda.nowMs() < deadline) {
            runFor(500);
        }
        for (SimulatedRouter router : routers) {
            check(
                    servesItsOwn(router),
                    Invariant.OWNERS_SETTLE,
                    () -> router.name + " does not serve what is its own");
        }
    }

    /** One that cannot claim all tries again in vain now and then, and is not judged. */
    private static boolean servesItsOwn(SimulatedRouter router) {
        return !router.canClaimAll() || router.isSettled();
    }

    /** Presence names the session that the device is in. */
    private void checkPresence(SimulatedDevice device) {
        DeviceConnection connection = device.connection();
        Session session = connection == null ? null : connection.session();
        PresenceRecord said = null;
        SimulatedLog<StateNote> log = partitions.get(device.partition).presence;
        for (SimulatedLog.Read<StateNote> read : log.read(0, Integer.MAX_VALUE).records()) {
            if (Arrays.equals(read.value().key, device.id.bytes())) {
                byte[] value = read.value().value;
                said = value == null ? null : PresenceRecord.decode(value);
            }
        }
        if (session == null || said == null || !said.session().equals(session.id())) {
            throw new InvariantBroken(
                    Invariant.NOTHING_LOST,
                    "presence of " + device.id + " says " + said + ", it is in " + session);
        }
    }
}
