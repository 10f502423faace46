package io.lastmile.router.hop;

import io.lastmile.node.Task;
import io.lastmile.node.Tasks;
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
public final class Hops implements AutoCloseable {
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
            Tasks tasks) {
        this(settings, listener, kafkaReachable, InetAddress::getAllByName, tasks);
    }

    Hops(
            HopSettings settings,
            HopListener listener,
            BooleanSupplier kafkaReachable,
            HopNames.Lookup lookup,
            Tasks tasks) {
        this.settings = settings;
        this.listener = listener;
        this.kafkaReachable = kafkaReachable;
        this.names = new HopNames(lookup);
        this.loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        this.task = tasks.task("router-hop");
        this.turning = tasks.vital("router-hops", SILENCE_MAX);
        var _ = turning.every(loop.next(), LOOK, () -> {}); // says that the loop runs
    }

    /** Keeps a connection to the edge from now on. */
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
                                    task);
                    link.connect();
                    return link;
                });
    }

    /** Ends the connection to an edge that is gone. */
    public void drop(Incarnation edge) {
        HopLink link = links.remove(edge);
        if (link != null) {
            link.close();
        }
    }

    /**
     * Sends a frame with the next flush if the hop is open; drops it otherwise, since whoever opens
     * a hop again asks first what has arrived.
     */
    public void send(Incarnation edge, HopFrame.FromRouter frame) {
        HopLink link = links.get(edge);
        if (link != null) {
            link.send(frame);
        }
    }

    /** Writes what was sent to the edge, from the calling thread, which never waits for it. */
    public void flush(Incarnation edge) {
        HopLink link = links.get(edge);
        if (link != null) {
            link.flush();
        }
    }

    /** Says that this router owns the partition; the answer comes to the listener. */
    public void own(Incarnation edge, int partition, long epoch) {
        HopLink link = links.get(edge);
        if (link != null) {
            link.own(partition, epoch);
        }
    }

    /** Edges whose hop is open. */
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
