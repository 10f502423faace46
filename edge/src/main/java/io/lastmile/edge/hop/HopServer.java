package io.lastmile.edge.hop;

import io.lastmile.edge.session.Life;
import io.lastmile.edge.socket.EventLoops;
import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.wire.Incarnation;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where routers connect to this edge; each has one connection, on one of the loops that serve the
 * devices: what it brings for a device of the same loop needs nobody to be woken up.
 */
public final class HopServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HopServer.class);
    private static final long CLOSED_WITHIN_MS = 5_000;
    private static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(512 << 10, 1 << 20);

    private final HopSettings settings;
    private final Supplier<Life> life;
    private final Clock clock;
    private final InboxEnds ends;
    private final List<Executor> sessionLoops;
    private final HopMetrics metrics;
    private final Task task;

    /** Closes what comes after its own close as well: one that was accepted just before. */
    private final ChannelGroup channels =
            new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

    private final AtomicLong accepted = new AtomicLong();
    private final ConcurrentHashMap<String, HopConnection> byRouter = new ConcurrentHashMap<>();
    private final Channel listener;

    /**
     * Listens.
     *
     * @param life what a new connection is about
     * @param loops that sessions have, all of them; they end after this
     * @param ends what an epoch cannot reach
     */
    public HopServer(
            HopSettings settings,
            Supplier<Life> life,
            EventLoops loops,
            InboxEnds ends,
            Clock clock,
            Metrics metrics) {
        this.settings = settings;
        this.life = life;
        this.ends = ends;
        this.clock = clock;
        this.sessionLoops = List.copyOf(loops.all());
        this.metrics = new HopMetrics(metrics);
        task = metrics.tasks().task("edge-hop");
        metrics.gauge(Metric.EDGE_HOPS, byRouter::mappingCount);
        listener =
                loops.server()
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
                        .childHandler(new Opening())
                        .bind(settings.host(), settings.port())
                        .syncUninterruptibly()
                        .channel();
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** The routers that are connected. */
    public int routers() {
        return byRouter.size();
    }

    /** Whether a connected router says that it reaches Kafka. */
    public boolean routersReachKafka() {
        return byRouter.values().stream().anyMatch(HopConnection::reachesKafka);
    }

    /** Closes all connections: what they were about has ended. Routers come again. */
    public void restart() {
        byRouter.values().forEach(hop -> hop.closeSoon("the edge has a new incarnation"));
    }

    HopSettings settings() {
        return settings;
    }

    /** What is done for connections later and again and again. */
    Task task() {
        return task;
    }

    Clock clock() {
        return clock;
    }

    HopMetrics metrics() {
        return metrics;
    }

    InboxEnds ends() {
        return ends;
    }

    List<Executor> sessionLoops() {
        return sessionLoops;
    }

    /** A router has shown itself: its older connection, if there is one, is over. */
    void opened(Incarnation router, HopConnection connection) {
        LOG.atInfo().addKeyValue("router", router).log("Hop open");
        HopConnection older = byRouter.put(router.node(), connection);
        if (older != null && older != connection) {
            older.closeSoon("the router has made a newer connection");
        }
    }

    void closed(Incarnation router, HopConnection connection) {
        LOG.atInfo().addKeyValue("router", router).log("Hop over");
        byRouter.remove(router.node(), connection);
    }

    @Override
    public void close() {
        var _ = listener.close().awaitUninterruptibly();
        var _ = channels.close().awaitUninterruptibly(CLOSED_WITHIN_MS);
    }

    private final class Opening extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            channels.add(channel);
            HopFrameDecoder decoder = new HopFrameDecoder();
            HopConnection connection =
                    new HopConnection(
                            HopServer.this,
                            channel,
                            decoder,
                            accepted.incrementAndGet(),
                            life.get());
            channel.pipeline().addLast(decoder, connection);
        }
    }
}
