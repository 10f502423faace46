package io.lastmile.router;

import io.lastmile.node.Admin;
import io.lastmile.node.Clock;
import io.lastmile.node.Lifecycle;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.Heartbeat;
import io.lastmile.node.kafka.Incarnations;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.node.kafka.OwnTime;
import io.lastmile.node.kafka.TopicCheck;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.hop.HopSettings;
import io.lastmile.router.hop.Hops;
import io.lastmile.router.kafka.Bodies;
import io.lastmile.router.kafka.EdgeWatch;
import io.lastmile.router.kafka.EventsReader;
import io.lastmile.router.kafka.GroupMember;
import io.lastmile.router.kafka.LogEnds;
import io.lastmile.router.kafka.MessagesReader;
import io.lastmile.router.kafka.NodesWriter;
import io.lastmile.router.kafka.OwnedPartitions;
import io.lastmile.router.kafka.Ownership;
import io.lastmile.router.kafka.RecentReceipts;
import io.lastmile.router.kafka.StateQueries;
import io.lastmile.router.kafka.SuccessorWatch;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A router and all its parts.
 *
 * <p>Threads: one polls the group, one messages, one events, one reads bodies back, one event loop
 * carries the hops, one timer ticks; claims and transactions run on virtual threads. Whoever has
 * news for a partition feeds its heart under that partition's lock.
 */
public final class Router implements AutoCloseable {
    private static final Duration PING_INTERVAL = Duration.ofSeconds(2);
    private static final Duration RECONNECT_DELAY = Duration.ofMillis(500);
    private static final Duration HOP_DEADLINE = Duration.ofSeconds(5);
    private static final Duration FIRST_HEARTBEAT_MAX = Duration.ofSeconds(30);
    private static final long TICK_MS = 25;

    private final Lifecycle parts = new Lifecycle();
    private final OwnedPartitions owned;
    private final Heartbeat heartbeat;
    private volatile boolean closing;

    /**
     * Starts; returns when its own heartbeat is in Kafka. Partitions come afterwards: the admin
     * port says when it is ready.
     *
     * @throws InterruptedException where the thread was interrupted while waiting for Kafka
     */
    public Router(
            RouterSettings settings, KafkaSettings kafka, Metrics metrics, Admin admin, Clock clock)
            throws InterruptedException {
        // Long because it is the list of all parts, in the order of their start.
        TopicIds topics = TopicCheck.ensure(kafka, settings.topicsDeadline());
        Incarnation self = Incarnations.begin(settings.node().name(), clock, new SecureRandom());
        OwnTime ownTime = new OwnTime(clock);

        ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("router-timer").factory());
        parts.start("timer", timer::shutdownNow);
        ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
        parts.start("workers", workers::shutdown);

        NodesView nodes = parts.start("nodes", new NodesView(kafka, metrics));
        LogEnds ends = parts.start("log ends", new LogEnds(kafka, timer));
        owned = new OwnedPartitions(ends);
        heartbeat =
                parts.start(
                        "heartbeat",
                        new Heartbeat(
                                kafka,
                                settings.node(),
                                self,
                                NodeRole.ROUTER,
                                () -> report(admin),
                                ownTime,
                                clock,
                                metrics));
        Duration fresh = settings.node().heartbeat().multipliedBy(settings.node().goneAfter());
        Hops hops =
                parts.start(
                        "hops",
                        new Hops(
                                hopSettings(settings, self),
                                owned,
                                () -> heartbeat.confirmedWithin(fresh)));
        owned.over(hops);
        metrics.gauge(Metric.ROUTER_HOPS, () -> hops.connected().size(), "open");
        metrics.gauge(Metric.ROUTER_HOPS, hops::cutOff, "cut_off");
        Bodies bodies =
                parts.start("bodies", new Bodies(kafka, settings.bodiesBytesMax(), metrics));
        RecentReceipts receipts = new RecentReceipts(topics.partitions());
        MessagesReader messages =
                parts.start(
                        "messages",
                        new MessagesReader(kafka, topics.partitions(), bodies, metrics));
        EventsReader events = parts.start("events", new EventsReader(kafka, metrics));
        Ownership ownership =
                parts.start(
                        "ownership",
                        new Ownership(
                                self,
                                kafka,
                                topics,
                                settings.heart(),
                                nodes,
                                ownTime,
                                hops,
                                bodies,
                                receipts,
                                owned,
                                messages,
                                events,
                                () -> hasSuccessor(nodes, self, ownTime, fresh),
                                workers,
                                timer,
                                clock,
                                metrics));
        GroupMember group = parts.start("group", new GroupMember(kafka, ownership, clock));
        ownership.tell(group);
        NodesWriter writer = parts.start("nodes writer", new NodesWriter(self, kafka, ownTime));
        EdgeWatch edges = new EdgeWatch(self, settings.node().goneAfter(), owned, hops, writer);

        if (!heartbeat.awaitConfirmed(FIRST_HEARTBEAT_MAX)) {
            parts.close();
            throw new IllegalStateException("no heartbeat was confirmed by Kafka in time");
        }
        nodes.add(edges);
        nodes.add(new SuccessorWatch(self, ownership));
        events.start();
        messages.start();
        group.start();
        var _ =
                timer.scheduleAtFixedRate(
                        () -> owned.tick(ownTime.nowMs()), TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        Duration clearAfter = settings.node().clearAfter();
        var _ =
                timer.scheduleAtFixedRate(
                        () -> writer.clear(nodes, clearAfter), 1, 60, TimeUnit.MINUTES);

        StateQueries queries = new StateQueries(owned, receipts, bodies, topics.partitions());
        admin.query("/state/devices", settings.hopSecret(), queries::devices);
        admin.query(
                "/state/messages",
                settings.hopSecret(),
                segments -> queries.message(segments.getFirst()));
        admin.part("router", () -> group.hasJoined() && ownership.claiming() == 0);
    }

    /** Whether another router is alive that would own what this one lets go. */
    private static boolean hasSuccessor(
            NodesView nodes, Incarnation self, OwnTime time, Duration fresh) {
        long sinceMs = time.nowMs() - fresh.toMillis();
        return nodes.seen().entrySet().stream()
                .filter(node -> !node.getKey().equals(self))
                .map(Map.Entry::getValue)
                .anyMatch(seen ->
                        seen.heartbeat().role() == NodeRole.ROUTER
                                && !seen.heartbeat().draining()
                                && seen.appendedAtMs() >= sinceMs);
    }

    private Heartbeat.Report report(Admin admin) {
        return new Heartbeat.Report(
                closing,
                Map.of("admin", admin.address()),
                Map.of("partitions", (long) ownedPartitions()),
                owned.claims());
    }

    private static HopSettings hopSettings(RouterSettings settings, Incarnation self) {
        return new HopSettings(
                self,
                settings.hopSecret().own(),
                HOP_DEADLINE,
                PING_INTERVAL,
                RECONNECT_DELAY,
                settings.hopBufferBytes());
    }

    /** How many partitions it owns now. */
    public int ownedPartitions() {
        return owned.claims().size();
    }

    /** Lets its partitions go, each of which is served until another router has it, and stops. */
    @Override
    public void close() {
        closing = true;
        heartbeat.now();
        parts.close();
    }
}
