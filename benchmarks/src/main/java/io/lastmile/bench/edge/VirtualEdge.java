package io.lastmile.bench.edge;

import io.lastmile.bench.load.Until;
import io.lastmile.edge.kafka.SessionLog;
import io.lastmile.edge.session.EventSink.Confirmation;
import io.lastmile.edge.session.Ownership;
import io.lastmile.edge.socket.EventLoops;
import io.lastmile.node.Clock;
import io.lastmile.node.Lifecycle;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.Heartbeat;
import io.lastmile.node.kafka.Incarnations;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.NodeSettings;
import io.lastmile.node.kafka.OwnTime;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.Proof;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An edge whose devices are rows of a table: to routers and Kafka it is a real one, with hop,
 * events and heartbeats, and it holds millions. Its devices are in groups that are opened and
 * closed by whoever has made it. One event loop does everything; the public methods may be called
 * by one other thread.
 *
 * <p>Left out: it is never cut off, does not drain, does not come back when declared gone, and
 * forgets a session when its {@code ended} is written, not when it is confirmed.
 */
public final class VirtualEdge implements AutoCloseable {
    private static final int PROTOCOL_LEVEL = 5;
    private static final int WINDOW_MESSAGES = 16;
    private static final int OPENED_AT_ONCE = 2_000;
    private static final int PENDING_MAX = 20_000;
    private static final int READ_BUFFER_BYTES = 256 << 10;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Incarnation incarnation;
    private final Ownership ownership;
    private final VirtualSessions sessions;
    private final Deliveries deliveries;
    private final Clock clock = Clock.system();
    private final Lifecycle parts = new Lifecycle();
    private final SessionLog events;
    private final EventExecutor loop;
    private final ChannelGroup hops;
    private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
    private volatile int online;
    private boolean reading = true;
    private long accepted;

    /**
     * Starts it; its first heartbeat is confirmed when the constructor returns.
     *
     * @param name of its node
     * @param groups all devices that it can ever have; none is open yet
     */
    public VirtualEdge(
            KafkaSettings kafka,
            String name,
            String hopSecret,
            List<DeviceGroup> groups,
            Deliveries deliveries)
            throws InterruptedException {
        this.deliveries = deliveries;
        incarnation = Incarnations.begin(name, clock, new SecureRandom());
        ownership = new Ownership(kafka.partitions());
        sessions = new VirtualSessions(groups, kafka.partitions());
        EventLoops loops = parts.start("loops", new EventLoops("virtual-edge", 1));
        loop = loops.all().getFirst();
        hops = new DefaultChannelGroup(loop, true);
        Metrics metrics = new Metrics();
        events = parts.start("events", new SessionLog(kafka, incarnation, clock, metrics));
        Channel listener = listen(loops, hopSecret);
        String address = "127.0.0.1:" + ((InetSocketAddress) listener.localAddress()).getPort();
        Heartbeat heartbeat =
                parts.start(
                        "heartbeat",
                        new Heartbeat(
                                kafka,
                                new NodeSettings(
                                        name, Duration.ofSeconds(2), 5, Duration.ofDays(7)),
                                incarnation,
                                NodeRole.EDGE,
                                () -> report(address),
                                new OwnTime(clock),
                                metrics));
        if (!heartbeat.awaitConfirmed(Duration.ofSeconds(30))) {
            close();
            throw new IllegalStateException("Kafka confirms no heartbeat of " + incarnation);
        }
    }

    private Channel listen(EventLoops loops, String hopSecret) {
        return loops.server()
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_RCVBUF, READ_BUFFER_BYTES)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                assemble(channel, hopSecret);
                            }
                        })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    private void assemble(Channel channel, String hopSecret) {
        channel.config().setAutoRead(reading);
        channel.pipeline()
                .addLast(
                        new LengthFieldBasedFrameDecoder(
                                HopCodec.FRAME_BYTES_MAX, 0, HopCodec.LENGTH_BYTES, 0, 4),
                        new VirtualHop(this, channel, ++accepted, hopSecret));
        hops.add(channel);
    }

    private Heartbeat.Report report(String address) {
        Map<String, Long> load = Map.of("sessions", (long) online);
        return new Heartbeat.Report(
                false, Map.of("hop", address), load, NodeRecord.RouterPartitions.NONE);
    }

    /** Opens a session for each device of the group that has none, as fast as Kafka takes them. */
    public void open(DeviceGroup group) {
        forEach(
                group,
                device -> {
                    if (!sessions.isOpen(device)) {
                        open(device);
                    }
                });
    }

    /** Ends the sessions of the group's devices. */
    public void close(DeviceGroup group) {
        forEach(group, device -> close(device, EndReason.CLOSED_BY_DEVICE));
    }

    /** Closes each session of the group and opens another at once, as after a broken network. */
    public void reopen(DeviceGroup group) {
        forEach(
                group,
                device -> {
                    close(device, EndReason.CONNECTION_LOST);
                    open(device);
                });
    }

    /** Reads nothing more from any hop, as an edge that stalls; its heartbeat goes on. */
    public void stopReading() {
        setReading(false);
    }

    /** Reads again. */
    public void readAgain() {
        setReading(true);
    }

    private void setReading(boolean on) {
        onLoop(() -> {
            reading = on;
            hops.forEach(channel -> channel.config().setAutoRead(on));
        });
    }

    /** How many devices have a session. */
    public int online() {
        return online;
    }

    private void forEach(DeviceGroup group, IntConsumer action) {
        int first = sessions.first(group);
        int end = first + group.count();
        for (int from = first; from < end; from += OPENED_AT_ONCE) {
            int begin = from;
            int to = Math.min(end, from + OPENED_AT_ONCE);
            awaitPendingAtMost(PENDING_MAX);
            onLoop(() -> {
                for (int device = begin; device < to; device++) {
                    action.accept(device);
                }
            });
        }
    }

    /** Waits until Kafka has every event. */
    public void awaitConfirmed() {
        awaitPendingAtMost(0);
    }

    private void awaitPendingAtMost(int most) {
        Until.holds(
                "events are confirmed by Kafka",
                PATIENCE,
                () -> {
                    rethrow();
                    return events.pending() <= most;
                });
    }

    private void onLoop(Runnable action) {
        try {
            var _ = loop.submit(action).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the virtual edge failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void rethrow() {
        Throwable cause = broken.get();
        if (cause != null) {
            throw new IllegalStateException("the virtual edge failed", cause);
        }
    }

    Incarnation incarnation() {
        return incarnation;
    }

    Ownership ownership() {
        return ownership;
    }

    VirtualSessions sessions() {
        return sessions;
    }

    /** A hop broke in a way that no router should bring about. */
    void broken(Throwable cause) {
        if (!(cause instanceof IOException)) { // a router that was killed
            broken.compareAndSet(null, cause);
        }
    }

    void delivered(int device, Deliver frame) {
        if (!sessions.take(device, frame.offset())) {
            return;
        }
        DeviceGroup group = sessions.group(device);
        deliveries.delivered(group, frame);
        if (group.acknowledges()) {
            long nowMs = clock.nowMs();
            var ack = new EventRecord.Ack(frame.offset(), nowMs, nowMs, Proof.PUBACK, 0);
            write(device, new EventRecord.Acked(id(device), List.of(ack)), offset -> {});
        }
    }

    /** The owner closed its session: the device comes again at once. */
    void closed(int device, EndReason reason) {
        close(device, reason);
        open(device);
    }

    void announce(int device) {
        long first = sessions.openedOffset(device);
        if (first >= 0) {
            write(device, opened(device, first), offset -> {});
        }
    }

    private void open(int device) {
        long session = sessions.open(device);
        online = sessions.open();
        write(
                device,
                opened(device, EventRecord.FIRST),
                offset -> loop.execute(() -> sessions.confirmed(device, session, offset)));
    }

    private EventRecord opened(int device, long first) {
        return new EventRecord.Opened(
                id(device),
                first,
                Transport.TCP,
                PROTOCOL_LEVEL,
                1,
                WINDOW_MESSAGES,
                true,
                clock.nowMs());
    }

    private void close(int device, EndReason reason) {
        if (sessions.isOpen(device)) {
            // Behind its acked in the log: one producer keeps the order of a partition.
            write(device, new EventRecord.Ended(id(device), reason, clock.nowMs()), offset -> {});
            sessions.close(device);
            online = sessions.open();
        }
    }

    private SessionId id(int device) {
        return new SessionId(incarnation, sessions.session(device));
    }

    private void write(int device, EventRecord event, Confirmation confirmation) {
        events.write(sessions.id(device), sessions.partition(device), event, confirmation);
    }

    @Override
    public void close() {
        parts.close();
    }
}
