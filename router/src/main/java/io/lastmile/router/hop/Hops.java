package io.lastmile.router.hop;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.router.owner.EdgeHops;
import io.lastmile.router.owner.HopListener;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to all edges: made, kept and made again. One event loop carries them: there are
 * few, and one loop keeps the order of what concerns several. Safe for use by several threads.
 */
public final class Hops implements EdgeHops, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Hops.class);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration SILENCE_MAX = Duration.ofSeconds(15);

    private final HopSettings settings;
    private final HopListener listener;
    private final BooleanSupplier kafkaReachable;
    private final HopNames names;
    private final EventLoopGroup loop;
    private final Task task;
    private final Task turning;
    private final Metrics.Counter failed;
    private final Map<Incarnation, HopLink> links = new ConcurrentHashMap<>();

    /**
     * No connection yet.
     *
     * @param kafkaReachable what pings say of this router's Kafka
     */
    public Hops(
            HopSettings settings,
            HopListener listener,
            BooleanSupplier kafkaReachable,
            Metrics metrics) {
        this(settings, listener, kafkaReachable, InetAddress::getAllByName, metrics);
    }

    Hops(
            HopSettings settings,
            HopListener listener,
            BooleanSupplier kafkaReachable,
            HopNames.Lookup lookup,
            Metrics metrics) {
        this.settings = settings;
        this.listener = listener;
        this.kafkaReachable = kafkaReachable;
        this.names = new HopNames(lookup);
        this.loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        this.failed = metrics.counter(Metric.ROUTER_HOPS_FAILED);
        this.task = metrics.tasks().task("router-hop");
        this.turning = metrics.tasks().vital("router-hops", SILENCE_MAX);
        var _ = turning.every(loop.next(), LOOK, () -> {}); // says that the loop runs
    }

    @Override
    public void keep(Incarnation edge, String host, int port) {
        links.computeIfAbsent(
                edge,
                id -> {
                    HopLink link =
                            new HopLink(
                                    id,
                                    InetSocketAddress.createUnresolved(host, port),
                                    settings,
                                    listener,
                                    kafkaReachable,
                                    bootstrap(),
                                    task,
                                    failed);
                    link.connect();
                    return link;
                });
    }

    @Override
    public void drop(Incarnation edge) {
        HopLink link = links.remove(edge);
        if (link != null) {
            link.close();
        }
    }

    @Override
    public void send(Incarnation edge, HopFrame.FromRouter frame) {
        HopLink link = links.get(edge);
        if (link != null) {
            link.send(frame);
        }
    }

    @Override
    public void flush(Incarnation edge) {
        HopLink link = links.get(edge);
        if (link != null) {
            link.flush();
        }
    }

    @Override
    public Set<Incarnation> connected() {
        return links.entrySet().stream()
                .filter(entry -> entry.getValue().isOpen())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** How many hops are not open, and tried again and again. */
    public long cutOff() {
        return links.values().stream().filter(link -> !link.isOpen()).count();
    }

    private Bootstrap bootstrap() {
        int high = settings.bufferBytes();
        return new Bootstrap()
                .group(loop)
                .channelFactory(HopSocket::new)
                .resolver(names)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        (int) settings.connectDeadline().toMillis())
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(high / 2, high));
    }

    @Override
    public void close() {
        turning.close();
        links.values().forEach(HopLink::close);
        links.clear();
        if (!loop.shutdownGracefully(0, 1, TimeUnit.SECONDS)
                .awaitUninterruptibly(2, TimeUnit.SECONDS)) {
            log.atWarn().log("hops' event loop did not end in time");
        }
        names.close();
    }
}
