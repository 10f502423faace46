package io.lastmile.edge.mqtt;

import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.session.Admission;
import io.lastmile.edge.session.ClientPacket;
import io.lastmile.edge.session.Connected;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.DeviceSettings;
import io.lastmile.edge.session.EventSink;
import io.lastmile.edge.session.Failures;
import io.lastmile.edge.session.Hearts;
import io.lastmile.edge.session.Holding;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.session.Session;
import io.lastmile.edge.socket.Connection;
import io.lastmile.edge.socket.Protocol;
import io.lastmile.edge.socket.Rate;
import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.netty.buffer.ByteBuf;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Tells each device's heart what happens on its connection, with the time; and what becomes of all
 * of them. Any thread, except what {@link Protocol} has on loops.
 */
public final class Devices implements Protocol<DeviceHeart> {
    private final Clock clock;
    private final Admission admission;
    private final Connected connected = new Connected();
    private final MqttOutput output;
    private final Hearts hearts;
    private final Task task;
    private volatile Life life;

    /**
     * Nobody is connected yet.
     *
     * @param kafkaReachable whether new devices may be taken
     * @param revoked whether a device may not connect
     */
    public Devices(
            DeviceSettings settings,
            Life life,
            Clock clock,
            EventSink events,
            BooleanSupplier kafkaReachable,
            Predicate<DeviceId> revoked,
            Authentication authentication,
            Metrics metrics) {
        this.life = life;
        this.clock = clock;
        task = metrics.tasks().task("edge-devices");
        SecureRandom random = new SecureRandom();
        admission =
                new Admission(
                        settings.connects(),
                        connected,
                        kafkaReachable,
                        revoked,
                        new Rate(settings.connects().perSecond())::take,
                        new Failures(
                                settings.connects().failuresMax(),
                                random.nextLong(),
                                random.nextLong(),
                                clock.nanoTime()));
        Holding holding = new Holding(settings.hold());
        metrics.gauge(Metric.EDGE_HELD, holding::messages);
        metrics.gauge(Metric.EDGE_HELD_PAYLOAD, holding::bytes);
        output =
                new MqttOutput(
                        clock,
                        events,
                        authentication,
                        admission,
                        settings.packetBytesMax(),
                        new MqttMetrics(metrics),
                        task);
        hearts = new Hearts(settings, admission, connected, holding, output, this::life);
    }

    @Override
    public DeviceHeart opened(Connection connection) {
        return new DeviceHeart(hearts, connection, clock.nanoTime());
    }

    @Override
    public void received(DeviceHeart heart, Connection connection, ByteBuf bytes) {
        long nowMs = clock.nowMs();
        long nanoTime = clock.nanoTime();
        heart.heard(bytes.readableBytes(), nowMs, nanoTime);
        try {
            while (heart.takesPackets()) {
                ClientPacket packet =
                        PacketDecoder.decode(bytes, heart.level(), heart.packetBytesTaken());
                if (packet == null) {
                    break;
                }
                heart.on(packet, nowMs, nanoTime);
            }
        } catch (PacketException e) {
            heart.broke(e.reason(), e.text(), nowMs);
        }
        heart.flush(nowMs);
    }

    @Override
    public void flushed(DeviceHeart heart) {
        heart.flushed(clock.nowMs());
    }

    @Override
    public void swept(DeviceHeart heart, long nanoTime) {
        heart.swept(clock.nowMs(), nanoTime);
    }

    @Override
    public void stalled(DeviceHeart heart) {
        heart.stalled(clock.nowMs());
    }

    @Override
    public void closed(DeviceHeart heart, boolean broken) {
        heart.closed(broken, clock.nowMs());
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
        admission.stop();
        for (DeviceHeart heart : connected.all()) {
            later(heart, spread, () -> task.run(() -> heart.leave(clock.nowMs())));
        }
    }

    /** Refuses new devices and closes the connections of those that are here. */
    public void stop() {
        admission.stop();
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
        for (Session session : life.sessions().inPartition(partition)) {
            DeviceHeart heart = session.heart();
            later(heart, spread, () -> heart.end(session, EndReason.EDGE_CUT_OFF, clock.nowMs()));
        }
    }

    /** On its loop, at some time within so long. */
    private static void later(DeviceHeart heart, Duration spread, Runnable action) {
        long delayMs = ThreadLocalRandom.current().nextLong(spread.toMillis() + 1);
        Executor loop = Connection.of(heart.link()).loop();
        try {
            CompletableFuture.delayedExecutor(delayMs, TimeUnit.MILLISECONDS, loop).execute(action);
        } catch (RejectedExecutionException e) {
            return; // its loop has stopped, and it with it
        }
    }

    private void closeAll(EndReason reason) {
        for (DeviceHeart heart : connected.all()) {
            output.soon(heart, () -> heart.end(reason, clock.nowMs()));
        }
    }

    /** Closes the device's connection, if it is here: somebody said so. */
    public void disconnect(DeviceId device) {
        DeviceHeart heart = connected.find(device);
        if (heart != null) {
            output.soon(heart, () -> heart.revoke(clock.nowMs()));
        }
    }

    /** How many devices are connected, subscribed or not. */
    public int size() {
        return connected.size();
    }
}
