package io.lastmile.router;

import io.lastmile.node.Admin;
import io.lastmile.node.Clock;
import io.lastmile.node.Lifecycle;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.node.kafka.Heartbeat;
import io.lastmile.node.kafka.Incarnations;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.Namesakes;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.node.kafka.OwnTime;
import io.lastmile.node.kafka.TopicCheck;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.hop.HopSettings;
import io.lastmile.router.hop.Hops;
import io.lastmile.router.kafka.Bodies;
import io.lastmile.router.kafka.BroadcastsReader;
import io.lastmile.router.kafka.ChannelQueries;
import io.lastmile.router.kafka.Claims;
import io.lastmile.router.kafka.EdgeWatch;
import io.lastmile.router.kafka.EventsReader;
import io.lastmile.router.kafka.GroupOffsets;
import io.lastmile.router.kafka.HeldBack;
import io.lastmile.router.kafka.LogEnds;
import io.lastmile.router.kafka.LogReaders;
import io.lastmile.router.kafka.MessagesReader;
import io.lastmile.router.kafka.NodesWriter;
import io.lastmile.router.kafka.Ownership;
import io.lastmile.router.kafka.RecentReceipts;
import io.lastmile.router.kafka.RouterRuntime;
import io.lastmile.router.kafka.Serving;
import io.lastmile.router.kafka.StateQueries;
import io.lastmile.router.owner.OwnedPartitions;
import io.lastmile.router.ownership.OwnershipHeart;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.Topic;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A router and all its parts.
 *
 * <p>Threads: one reads nodes, one decides ownership, one polls messages, one events, one reads
 * bodies back, one event loop carries the hops, one timer ticks; claims and transactions run on
 * virtual threads. Whoever has news for a partition feeds its heart under that partition's lock.
 */
public final class Router implements AutoCloseable {
    private static final Duration PING_INTERVAL = Duration.ofSeconds(2);
    private static final Duration RECONNECT_DELAY = Duration.ofMillis(500);
    private static final Duration HOP_DEADLINE = Duration.ofSeconds(5);
    private static final Duration FIRST_HEARTBEAT_MAX = Duration.ofSeconds(30);
    private static final Duration TICK = Duration.ofMillis(25);
    private static final Duration TICK_SILENCE_MAX = Duration.ofSeconds(15);
    private static final Duration CLEAR = Duration.ofHours(1);
    private static final Duration COMMIT = Duration.ofSeconds(1);

    private final Lifecycle parts = new Lifecycle();
    private final OwnedPartitions owned;
    private final Heartbeat heartbeat;
    private volatile @Nullable Ownership ownership;
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
        AtomicReference<Incarnation> self =
                new AtomicReference<>(
                        Incarnations.begin(settings.node().name(), clock, new SecureRandom()));
        OwnTime ownTime = new OwnTime(clock);

        ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("router-timer").factory());
        parts.start("timer", timer::shutdownNow);
        ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
        parts.start("workers", workers::shutdown);
        RouterRuntime runtime = new RouterRuntime(workers, clock, metrics);

        NodesView nodes = parts.start("nodes", NodesView.atOnce(kafka, metrics));
        LogEnds ends = parts.start("log ends", new LogEnds(kafka, timer, metrics));
        owned = new OwnedPartitions();
        Heartbeat heartbeat =
                parts.start(
                        "heartbeat",
                        new Heartbeat(
                                kafka,
                                settings.node().beating(settings.liveness().heartbeat()),
                                self.get(),
                                NodeRole.ROUTER,
                                () -> report(admin),
                                ownTime,
                                metrics));
        this.heartbeat = heartbeat;
        Duration edgeGoneAfter = settings.node().goneAfterTime();
        Hops hops =
                parts.start(
                        "hops",
                        new Hops(
                                hopSettings(settings, self.get()),
                                owned,
                                () -> heartbeat.confirmedWithin(edgeGoneAfter),
                                metrics));
        metrics.gauge(Metric.ROUTER_HOPS, () -> hops.connected().size(), "open");
        metrics.gauge(Metric.ROUTER_HOPS, hops::cutOff, "cut_off");
        Bodies bodies =
                parts.start(
                        "bodies",
                        new Bodies(kafka, Topic.MESSAGES, settings.bodiesBytesMax(), metrics));
        Bodies broadcastBodies =
                parts.start(
                        "broadcast bodies",
                        new Bodies(
                                kafka, Topic.BROADCASTS, settings.bodiesBytesMax() / 4, metrics));
        RecentReceipts receipts = new RecentReceipts(topics.partitions());
        HeldBack held = new HeldBack(owned, ends, clock, metrics);
        LogReaders readers =
                new LogReaders(
                        parts.start(
                                "messages",
                                new MessagesReader(kafka, topics, bodies, held, metrics)),
                        parts.start("events", new EventsReader(kafka, metrics)),
                        parts.start(
                                "broadcasts",
                                new BroadcastsReader(
                                        kafka, broadcastBodies, settings.heart(), metrics)),
                        bodies,
                        broadcastBodies,
                        ends);
        NodesWriter writer =
                parts.start("nodes writer", new NodesWriter(self::get, kafka, ownTime));
        Serving serving =
                new Serving(
                        settings.heart(), nodes, ownTime, hops, readers, receipts, owned, runtime);
        ownership =
                parts.start(
                        "ownership",
                        new Ownership(
                                new OwnershipHeart(
                                        self.get(),
                                        settings.liveness().ownership(topics.partitions()),
                                        clock.nanoTime() / 1_000_000),
                                self,
                                heartbeat,
                                new Claims(kafka, topics, nodes, ends, self::get, serving, runtime),
                                serving,
                                nodes,
                                writer,
                                runtime));
        GroupOffsets offsets =
                parts.start("group offsets", new GroupOffsets(kafka, owned, runtime));

        if (!heartbeat.awaitConfirmed(FIRST_HEARTBEAT_MAX)) {
            parts.close();
            throw new IllegalStateException("no heartbeat was confirmed by Kafka in time");
        }
        nodes.add(new Namesakes());
        nodes.add(
                new EdgeWatch(
                        self::get,
                        settings.liveness().edges(edgeGoneAfter),
                        owned,
                        hops,
                        edge -> writer.gone(NodeRole.EDGE, edge)));
        nodes.add(ownership);
        readers.events().start();
        readers.messages().start();
        readers.broadcasts().start();
        Task ticking = metrics.tasks().vital("router-tick", TICK_SILENCE_MAX);
        parts.start("ticks", ticking);
        var _ =
                ticking.every(
                        timer,
                        TICK,
                        () -> {
                            owned.tick();
                            held.look();
                        });
        var _ = metrics.tasks().task("group-offsets").every(timer, COMMIT, offsets::commit);
        Duration clearAfter = settings.node().clearAfter();
        var _ =
                metrics.tasks()
                        .task("nodes-clear")
                        .every(
                                timer,
                                Duration.ofMinutes(1),
                                CLEAR,
                                () -> writer.clear(nodes, clearAfter));

        StateQueries queries = new StateQueries(owned, receipts, bodies, topics.partitions());
        admin.query("/state/devices", settings.hopSecret(), queries::devices);
        admin.query(
                "/state/messages",
                settings.hopSecret(),
                segments -> queries.message(segments.getFirst()));
        ChannelQueries channels = new ChannelQueries(owned);
        admin.query("/state/channels", settings.hopSecret(), channels::channels);
        admin.query("/state/broadcasts", settings.hopSecret(), channels::broadcasts);
        admin.part("router", ownership::isSettled);
    }

    private Heartbeat.Report report(Admin admin) {
        Ownership current = ownership;
        return new Heartbeat.Report(
                closing,
                Map.of("admin", admin.address()),
                Map.of("partitions", (long) ownedPartitions()),
                new NodeRecord.RouterPartitions(
                        owned.claims(), current == null ? Set.of() : current.unable()));
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
