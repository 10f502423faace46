package io.lastmile.edge.socket;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.wire.Transport;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of an edge and the loops that serve its devices' connections. Plain TCP is flat
 * where there is epoll; everything else is on Netty's channels.
 */
public final class Sockets implements AutoCloseable {
    /** How often the files of the certificate are looked at. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private static final Duration SWEEP = Duration.ofSeconds(1);

    /** A loop that is busy for so long serves nobody. */
    private static final Duration SWEEP_SILENCE_MAX = Duration.ofSeconds(15);

    private final SocketSettings settings;
    private final EventLoops loops;
    private final boolean flat;
    private final Arrivals arrivals;
    private final Metrics metrics;
    private final Map<Executor, LoopConnections> connections = new LinkedHashMap<>();
    private final List<FlatLoop> flatLoops = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<Task> sweeps = new ArrayList<>();
    private final ScheduledExecutorService looking =
            Executors.newSingleThreadScheduledExecutor(
                    task -> Thread.ofPlatform().name("edge-certificates").daemon().unstarted(task));
    private @Nullable Certificates certificates;
    private final AtomicLong open = new AtomicLong();

    /** Loops without listeners yet. */
    public Sockets(SocketSettings settings, LongSupplier nanoTime, Metrics metrics) {
        this(settings, nanoTime, metrics, true, new SystemCalls());
    }

    /** The same with all connections on Netty's channels, as on a machine without epoll. */
    public static Sockets onChannels(
            SocketSettings settings, LongSupplier nanoTime, Metrics metrics) {
        return new Sockets(settings, nanoTime, metrics, false, new SystemCalls());
    }

    Sockets(
            SocketSettings settings,
            LongSupplier nanoTime,
            Metrics metrics,
            boolean flatWanted,
            SystemCalls calls) {
        this.settings = settings;
        this.metrics = metrics;
        this.arrivals = new Arrivals(settings.arrivals(), nanoTime, metrics);
        metrics.gauge(Metric.EDGE_OPEN, this::open);
        this.loops = new EventLoops("edge-socket", settings.loops());
        this.flat = flatWanted && loops.epoll();
        for (IoEventLoop loop : loops.all()) {
            LoopConnections own =
                    new LoopConnections(
                            Math.toIntExact(settings.stalledMax().toSeconds()), metrics);
            connections.put(loop, own);
            if (flat) {
                flatLoops.add(new FlatLoop(loop, own, calls, settings, open));
            }
            Task sweep = metrics.tasks().vital("edge-sweep", SWEEP_SILENCE_MAX);
            sweeps.add(sweep);
            var _ = sweep.every(loop, SWEEP, () -> own.sweep(nanoTime.getAsLong()));
        }
    }

    /**
     * Opens a listener.
     *
     * @param port 0 for any that is free
     * @param protocol the same for all listeners
     * @return the port; an {@link java.io.IOException}, wrapped or not, says that it is taken
     */
    public synchronized int listen(
            String host, int port, Transport transport, Protocol<?> protocol) {
        connections.values().forEach(own -> own.speak(protocol));
        InetSocketAddress at = new InetSocketAddress(host, port);
        boolean plain = transport == Transport.TCP && !settings.proxied();
        Listener listener =
                flat && plain
                        ? new FlatListener(at, settings, flatLoops, arrivals, open, metrics)
                        : new NettyListener(
                                at,
                                settings,
                                loops,
                                connections,
                                pipelines(transport),
                                arrivals,
                                open,
                                metrics.tasks().task("edge-accept"));
        listeners.add(listener);
        return listener.port();
    }

    private Pipelines pipelines(Transport transport) {
        boolean secure = transport == Transport.TLS || transport == Transport.SECURE_WEBSOCKET;
        return new Pipelines(
                transport,
                settings.proxied(),
                secure ? certificates() : null,
                settings.unsentBytesHigh(),
                settings.origins());
    }

    private Certificates certificates() {
        Certificates current = certificates;
        if (current != null) {
            return current;
        }
        Certificates first =
                new Certificates(
                        Objects.requireNonNull(
                                settings.tls(), "a listener with TLS needs a certificate"));
        certificates = first;
        var _ = metrics.tasks().task("edge-certificates").every(looking, LOOK, first::lookAgain);
        return first;
    }

    /** The loops, which end with this. */
    public EventLoops eventLoops() {
        return loops;
    }

    /** How many connections are open. */
    public long open() {
        return open.get();
    }

    /** Closes the listeners; connections stay. */
    public synchronized void stopAccepting() {
        listeners.forEach(Listener::stop);
        listeners.clear();
    }

    /**
     * Ends listeners, connections and loops, in this order: what a stopping loop registers in its
     * last turn is closed by nobody.
     */
    @Override
    public void close() {
        sweeps.forEach(Task::close);
        looking.shutdownNow();
        stopAccepting();
        for (IoEventLoop loop : loops.all()) {
            LoopConnections own = connections.get(loop);
            if (own != null && !loop.isShuttingDown()) {
                var _ = loop.submit(own::loopEnds).awaitUninterruptibly();
            }
        }
        loops.close();
    }
}
