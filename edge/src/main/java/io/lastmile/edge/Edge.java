package io.lastmile.edge;

import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.hop.HopServer;
import io.lastmile.edge.kafka.InboxLog;
import io.lastmile.edge.kafka.SessionLog;
import io.lastmile.edge.mqtt.Devices;
import io.lastmile.edge.rehearsal.Rehearsal;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.socket.Sockets;
import io.lastmile.node.Admin;
import io.lastmile.node.Clock;
import io.lastmile.node.Lifecycle;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.SettingsException;
import io.lastmile.node.kafka.Heartbeat;
import io.lastmile.node.kafka.Incarnations;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.Namesakes;
import io.lastmile.node.kafka.NodesListener;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.node.kafka.OwnTime;
import io.lastmile.node.kafka.RevocationsView;
import io.lastmile.node.kafka.TopicCheck;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.Transport;
import io.lastmile.wire.record.NodeRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An edge, from its topics' check to its last heartbeat. It is ready when the constructor returns.
 */
public final class Edge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Edge.class);
    private static final Duration KAFKA_WAIT = Duration.ofMinutes(1);

    /** A drain takes no longer than this for each device: few are moved at once. */
    private static final int DRAINED_EVERY_MS = 2;

    /** So many heartbeats without confirmation, and Kafka counts as away. */
    private static final int HEARTBEATS_AWAY = 3;

    private final EdgeSettings settings;
    private final Clock clock;
    private final Lifecycle parts = new Lifecycle();
    private final OwnTime time;
    private final Sockets sockets;
    private final Devices devices;
    private final HopServer hop;
    private final Map<Transport, Integer> ports = new EnumMap<>(Transport.class);
    private final String adminAddress;
    private final SecureRandom random = new SecureRandom();
    private volatile boolean draining;
    private volatile @Nullable RevocationsView revocations;
    private volatile @Nullable Heartbeat heartbeat;

    /**
     * Starts it.
     *
     * @throws SettingsException where Kafka, a topic or a port is not as it must be
     */
    public Edge(
            EdgeSettings settings, KafkaSettings kafka, Metrics metrics, Admin admin, Clock clock) {
        // Long because it is the list of all parts, in the order of their start.
        this.settings = settings;
        this.clock = clock;
        try {
            int partitions = TopicCheck.ensure(kafka, KAFKA_WAIT).partitions();
            Incarnation incarnation = Incarnations.begin(settings.node().name(), clock, random);
            LOG.atInfo().addKeyValue("incarnation", incarnation).log("Edge starts");
            time = new OwnTime(clock);
            adminAddress = admin.address();
            // Stopped in reverse: devices, hop, events, nodes, the last heartbeat, loops.
            sockets =
                    parts.start(
                            "sockets", new Sockets(settings.sockets(), clock::nanoTime, metrics));
            parts.start("heartbeat", this::closeHeartbeat);
            NodesView nodes = parts.start("nodes", new NodesView(kafka, metrics));
            SessionLog events =
                    parts.start("events", new SessionLog(kafka, incarnation, clock, metrics));
            Authentication authentication =
                    parts.start("authentication", settings.authentication().open(clock));
            Life life = Life.begin(incarnation, partitions);
            devices =
                    new Devices(
                            settings.devices(),
                            life,
                            clock,
                            events,
                            () -> kafkaReachable() && revocationsKnown(),
                            this::isRevoked,
                            authentication,
                            metrics);
            revocations =
                    parts.start(
                            "revocations",
                            new RevocationsView(kafka, metrics, devices::disconnect));
            InboxLog inbox = parts.start("inbox", new InboxLog(kafka));
            hop =
                    parts.start(
                            "hop",
                            bound(
                                    "edge.hop.port",
                                    settings.hop().port(),
                                    () ->
                                            new HopServer(
                                                    settings.hop(),
                                                    devices::life,
                                                    sockets.eventLoops(),
                                                    inbox,
                                                    clock,
                                                    metrics)));
            parts.start("devices", this::drain);
            Rehearsal.run(clock, random);
            listen(Transport.TCP, settings.listeners().mqttPort());
            settings.listeners().more().forEach(this::listen);
            metrics.gauge(Metric.EDGE_SUBSCRIBED, () -> devices.life().sessions().size());
            heartbeat =
                    new Heartbeat(
                            kafka,
                            settings.node(),
                            incarnation,
                            NodeRole.EDGE,
                            this::report,
                            time,
                            metrics);
            nodes.add(new Namesakes());
            nodes.add(new OwnEnd());
            nodes.add(
                    parts.start(
                            "cut-off",
                            new CutOffWatch(
                                    partitions,
                                    devices,
                                    hop,
                                    this::kafkaReachable,
                                    this::isForgotten,
                                    () -> goOnAsAnother("Unconfirmed for long"),
                                    clock,
                                    metrics.tasks())));
            admin.part("edge", () -> !draining && kafkaReachable());
            awaitReady();
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** The port for MQTT over TCP. */
    public int mqttPort() {
        return port(Transport.TCP);
    }

    /** The port for devices over this transport; it has to be configured. */
    public int port(Transport transport) {
        return Objects.requireNonNull(ports.get(transport), "no such listener");
    }

    private void listen(Transport transport, int port) {
        int bound =
                bound(
                        EdgeSettings.listenerKey(transport),
                        port,
                        () ->
                                sockets.listen(
                                        settings.listeners().host(), port, transport, devices));
        ports.put(transport, bound);
        LOG.atInfo()
                .addKeyValue("transport", transport.label())
                .addKeyValue("host", settings.listeners().host())
                .addKeyValue("port", bound)
                .log("Listening for devices");
    }

    /** The port for routers. */
    public int hopPort() {
        return hop.port();
    }

    /** The incarnation that it is now. */
    public Incarnation incarnation() {
        return devices.life().incarnation();
    }

    private boolean kafkaReachable() {
        return time.confirmedWithin(settings.node().heartbeat().multipliedBy(HEARTBEATS_AWAY));
    }

    private boolean revocationsKnown() {
        RevocationsView view = revocations;
        return view != null && view.isLoaded();
    }

    private boolean isRevoked(DeviceId device) {
        RevocationsView view = revocations;
        return view != null && view.isRevoked(device);
    }

    /** What nodes said of this incarnation may be deleted when it is back. */
    private boolean isForgotten() {
        return time.isKnown() && !time.confirmedWithin(settings.node().clearAfter().dividedBy(2));
    }

    private Heartbeat.Report report() {
        Map<String, String> addresses = new LinkedHashMap<>();
        String advertised = settings.hop().advertised();
        addresses.put(
                "hop", advertised != null ? advertised : settings.hop().host() + ":" + hopPort());
        ports.forEach((transport, port) ->
                addresses.put(
                        transport == Transport.TCP ? "mqtt" : transport.label(),
                        settings.listeners().host() + ":" + port));
        addresses.put("admin", adminAddress);
        Map<String, Long> load = Map.of("sessions", (long) devices.life().sessions().size());
        return new Heartbeat.Report(draining, addresses, load, NodeRecord.RouterPartitions.NONE);
    }

    private void awaitReady() {
        Heartbeat beating = heartbeat;
        try {
            if (beating != null && !beating.awaitConfirmed(KAFKA_WAIT)) {
                LOG.atWarn().log("Kafka confirms no heartbeat: devices are refused until it does");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T bound(String key, int port, Supplier<T> listening) {
        try {
            return listening.get();
        } catch (Exception e) { // Netty throws what the kernel says, unchecked
            if (e instanceof IOException || e instanceof UncheckedIOException) {
                throw new SettingsException(
                        key, "port " + port + " is not free; choose another with --" + key);
            }
            throw e;
        }
    }

    /** Hears that this incarnation was declared gone, and goes on as another. */
    private final class OwnEnd implements NodesListener {
        @Override
        public void heartbeat(Incarnation node, NodeRecord.Heartbeat beat, long appendedAtMs) {}

        @Override
        public void gone(Incarnation node, NodeRecord.Gone gone) {
            if (node.equals(incarnation())) {
                goOnAsAnother("Declared gone by " + gone.by());
            }
        }
    }

    /** Sessions are closed; devices come back to another incarnation. */
    private void goOnAsAnother(String reason) {
        Heartbeat beating = heartbeat;
        if (draining || beating == null) {
            return;
        }
        Incarnation own = incarnation();
        Incarnation next = Incarnations.after(own, clock, random);
        LOG.atWarn()
                .addKeyValue("incarnation", own)
                .addKeyValue("reason", reason)
                .addKeyValue("next", next)
                .log("Goes on as another, sessions are closed");
        int partitions = devices.life().ownership().partitions();
        beating.become(
                next,
                () -> {
                    devices.begin(Life.begin(next, partitions));
                    hop.restart();
                });
    }

    /**
     * Says that it leaves, closes devices over a while, and waits, bounded, until Kafka has the end
     * of each session.
     */
    private void drain() {
        draining = true;
        Heartbeat beating = heartbeat;
        if (beating != null) {
            beating.now();
        }
        sockets.stopAccepting();
        int connections = devices.size();
        Duration spread = settings.stop().drainPeriod();
        if (spread.toMillis() > (long) connections * DRAINED_EVERY_MS) {
            spread = Duration.ofMillis((long) connections * DRAINED_EVERY_MS);
        }
        LOG.atInfo()
                .addKeyValue("devices", connections)
                .addKeyValue("over", spread)
                .log("Edge drains");
        devices.drain(spread);
        awaitNoSessions(spread.plus(settings.stop().ackWait()));
        devices.stop();
        awaitNoSessions(settings.stop().kafkaWait());
    }

    private void awaitNoSessions(Duration atMost) {
        long endNs = clock.nanoTime() + atMost.toNanos();
        try {
            while (devices.life().sessions().size() + devices.size() > 0
                    && clock.nanoTime() - endNs < 0) {
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeHeartbeat() {
        Heartbeat beating = heartbeat;
        if (beating != null) {
            beating.close();
        }
    }

    @Override
    public void close() {
        parts.close();
    }
}
