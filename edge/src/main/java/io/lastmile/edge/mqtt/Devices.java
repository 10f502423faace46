package io.lastmile.edge.mqtt;

import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.session.EventSink;
import io.lastmile.edge.session.KeyedTable;
import io.lastmile.edge.socket.Connection;
import io.lastmile.edge.socket.Protocol;
import io.lastmile.edge.socket.Rate;
import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What all MQTT connections of an edge share, and who is connected. Any thread. */
public final class Devices implements Protocol<MqttConnection> {
    /** So that loops seldom wait for each other. */
    private static final int TABLES = 64;

    private final MqttSettings settings;
    private final Clock clock;
    private final EventSink events;
    private final BooleanSupplier kafkaReachable;
    private final Predicate<DeviceId> revoked;
    private final Authentication authentication;
    private final Rate rate;
    private final Failures failures;
    private final Holding holding;
    private final MqttMetrics metrics;
    private final Task task;
    private final List<KeyedTable<DeviceId, MqttConnection>> connected =
            Stream.generate(() -> new KeyedTable<>(MqttConnection::connectedDevice))
                    .limit(TABLES)
                    .toList();
    private volatile Life life;
    private volatile boolean stopping;

    /**
     * Nobody is connected yet.
     *
     * @param kafkaReachable whether new devices may be taken
     * @param revoked whether a device may not connect
     */
    public Devices(
            MqttSettings settings,
            Life life,
            Clock clock,
            EventSink events,
            BooleanSupplier kafkaReachable,
            Predicate<DeviceId> revoked,
            Authentication authentication,
            Metrics metrics) {
        this.settings = settings;
        this.life = life;
        this.clock = clock;
        this.events = events;
        this.kafkaReachable = kafkaReachable;
        this.revoked = revoked;
        this.authentication = authentication;
        this.rate = new Rate(settings.connectsPerSecond());
        this.failures = new Failures(settings.failuresMax(), new SecureRandom(), clock.nanoTime());
        this.holding = new Holding(settings.hold(), metrics);
        this.metrics = new MqttMetrics(metrics);
        task = metrics.tasks().task("edge-devices");
    }

    @Override
    public MqttConnection opened(Connection connection) {
        return new MqttConnection(this, connection);
    }

    @Override
    public void received(MqttConnection peer, Connection connection, ByteBuf bytes) {
        peer.received(bytes);
    }

    @Override
    public void flushed(MqttConnection peer) {
        peer.flushed();
    }

    @Override
    public void swept(MqttConnection peer, long nanoTime) {
        peer.swept(nanoTime);
    }

    @Override
    public void stalled(MqttConnection peer) {
        peer.stalled();
    }

    @Override
    public void closed(MqttConnection peer, boolean broken) {
        peer.closed(broken);
    }

    /** The incarnation that new sessions belong to. */
    public Life life() {
        return life;
    }

    /**
     * Goes on as another incarnation: connections with sessions of the one before are closed, and
     * their devices come again by themselves.
     */
    public void begin(Life next) {
        life = next;
        closeAll(EndReason.EDGE_CUT_OFF);
    }

    /**
     * Refuses new devices and closes the connections of those that are here, one after the other:
     * each when it has acknowledged what it was given. {@link #stop} is to follow, for those that
     * do not.
     *
     * @param spread over which they are closed, so that they do not all come elsewhere at once
     */
    public void drain(Duration spread) {
        stopping = true;
        for (KeyedTable<DeviceId, MqttConnection> table : connected) {
            for (MqttConnection connection : table.all()) {
                connection.leaveAfter(ThreadLocalRandom.current().nextLong(spread.toMillis() + 1));
            }
        }
    }

    /** Refuses new devices and closes the connections of those that are here. */
    public void stop() {
        stopping = true;
        closeAll(EndReason.EDGE_STOPPING);
    }

    /** Closes all connections: nothing can reach them here. */
    public void cutOff() {
        closeAll(EndReason.EDGE_CUT_OFF);
    }

    /**
     * Closes the connections whose sessions are in this partition.
     *
     * @param spread over which they are closed, so that they do not all come again at once
     */
    public void cutOff(int partition, Duration spread) {
        for (MqttSession session : life.sessions().inPartition(partition)) {
            long delayMs = ThreadLocalRandom.current().nextLong(spread.toMillis() + 1);
            CompletableFuture.delayedExecutor(delayMs, TimeUnit.MILLISECONDS, session.loop())
                    .execute(() -> session.close(EndReason.EDGE_CUT_OFF));
        }
    }

    private void closeAll(EndReason reason) {
        for (KeyedTable<DeviceId, MqttConnection> table : connected) {
            table.all().forEach(connection -> connection.endSoon(reason));
        }
    }

    /** Closes the device's connection, if it is here: somebody said so. */
    public void disconnect(DeviceId device) {
        MqttConnection connection = table(device).find(device);
        if (connection != null) {
            connection.revokeSoon();
        }
    }

    /** How many devices are connected, subscribed or not. */
    public int size() {
        return connected.stream().mapToInt(KeyedTable::size).sum();
    }

    /**
     * Why a device may not come in now; {@link ReasonCode#SUCCESS} where it may.
     *
     * @param origin where it comes from; null where nobody knows
     */
    ReasonCode admission(DeviceId device, @Nullable InetAddress origin) {
        ReasonCode openness = openness(device);
        if (openness != ReasonCode.SUCCESS) {
            return openness;
        }
        long nowNs = clock.nanoTime();
        return !isWelcome(device, origin) || !rate.take(nowNs)
                ? ReasonCode.CONNECTION_RATE_EXCEEDED
                : ReasonCode.SUCCESS;
    }

    /** Why nobody, or not this device, may come in now; {@link ReasonCode#SUCCESS} where it may. */
    ReasonCode openness(DeviceId device) {
        if (stopping || !kafkaReachable.getAsBoolean()) {
            return ReasonCode.SERVER_UNAVAILABLE;
        }
        if (revoked.test(device)) {
            return ReasonCode.BANNED;
        }
        return size() >= settings.connectionsMax() ? ReasonCode.SERVER_BUSY : ReasonCode.SUCCESS;
    }

    /** Whether it has not failed from there too often. Any thread. */
    boolean isWelcome(DeviceId device, @Nullable InetAddress origin) {
        return origin == null || !failures.isShutOut(origin, device, clock.nanoTime());
    }

    /** Somebody from there was not the device that he said. */
    void failed(DeviceId device, @Nullable InetAddress origin) {
        if (origin != null) {
            failures.failed(origin, device, clock.nanoTime());
        }
    }

    /** Takes a device's connection; the one before, if there is one, is to be closed. */
    @Nullable MqttConnection enter(DeviceId device, MqttConnection connection) {
        MqttConnection older = table(device).put(connection);
        if (stopping) { // closeAll may have passed by already
            connection.endSoon(EndReason.EDGE_STOPPING);
        }
        if (revoked.test(device)) { // disconnect may have passed by already
            connection.revokeSoon();
        }
        return older;
    }

    /** Forgets a connection; a newer one of the same device stays. */
    void leave(DeviceId device, MqttConnection connection) {
        table(device).remove(connection);
    }

    private KeyedTable<DeviceId, MqttConnection> table(DeviceId device) {
        return connected.get(Math.floorMod(device.hashCode(), TABLES));
    }

    Authentication authentication() {
        return authentication;
    }

    MqttSettings settings() {
        return settings;
    }

    Clock clock() {
        return clock;
    }

    EventSink events() {
        return events;
    }

    Holding holding() {
        return holding;
    }

    /** What others have connections do, on their loops. */
    Task task() {
        return task;
    }

    MqttMetrics metrics() {
        return metrics;
    }
}
