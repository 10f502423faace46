package io.lastmile.edge.socket;

import io.lastmile.wire.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of an edge and the loops that serve its devices' connections. */
public final class Sockets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);
    private static final int READ_BYTES = 2_048;

    private final SocketSettings settings;
    private final EventLoops loops;
    private final Map<EventExecutor, LoopConnections> connections = new HashMap<>();
    private final List<Channel> listeners = new ArrayList<>();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();

    /** Loops without listeners yet. */
    public Sockets(SocketSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.loops = new EventLoops("edge-socket", settings.loops());
        for (EventExecutor loop : loops.all()) {
            LoopConnections own = new LoopConnections();
            connections.put(loop, own);
            var _ =
                    loop.scheduleAtFixedRate(
                            () -> own.sweep(nanoTime.getAsLong()), 1, 1, TimeUnit.SECONDS);
        }
    }

    /**
     * Opens a listener.
     *
     * @param port 0 for any that is free
     * @return the port; a {@link java.net.BindException} says that it is taken
     */
    public synchronized int listen(String host, int port, Transport transport, Protocol protocol) {
        ServerBootstrap server =
                loops.server()
                        .option(ChannelOption.SO_BACKLOG, settings.backlog())
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(READ_BYTES))
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(
                                        settings.unsentBytesHigh() / 2,
                                        settings.unsentBytesHigh()));
        if (loops.epoll()) {
            server.childOption(
                    EpollChannelOption.TCP_USER_TIMEOUT,
                    Math.toIntExact(settings.userTimeout().toMillis()));
        }
        Channel listener =
                server.childHandler(new Opening(transport, protocol))
                        .bind(host, port)
                        .syncUninterruptibly()
                        .channel();
        listeners.add(listener);
        int bound = ((InetSocketAddress) listener.localAddress()).getPort();
        LOG.atInfo()
                .addKeyValue("transport", transport.label())
                .addKeyValue("host", host)
                .addKeyValue("port", bound)
                .log("listening for devices");
        return bound;
    }

    /** The loops, for what has to be done on each of them. */
    public List<Executor> loops() {
        return List.copyOf(connections.keySet());
    }

    /** How many connections are open. */
    public long open() {
        return accepted.get() - closed.get();
    }

    /** Closes the listeners; connections stay. */
    public synchronized void stopAccepting() {
        for (Channel listener : listeners) {
            var _ = listener.close().awaitUninterruptibly();
        }
        listeners.clear();
    }

    /** Ends listeners, connections and loops. */
    @Override
    public void close() {
        stopAccepting();
        loops.close();
    }

    /** Makes the connection of a channel. */
    private final class Opening extends ChannelInitializer<Channel> {
        private final Transport transport;
        private final Protocol protocol;

        Opening(Transport transport, Protocol protocol) {
            this.transport = transport;
            this.protocol = protocol;
        }

        @Override
        protected void initChannel(Channel channel) {
            LoopConnections neighbours = connections.get(channel.eventLoop());
            if (neighbours == null) {
                throw new IllegalStateException("a channel of another's loop");
            }
            NettyConnection connection =
                    new NettyConnection(
                            channel, accepted.incrementAndGet(), transport, neighbours, protocol);
            neighbours.add(connection);
            var _ = channel.closeFuture().addListener(done -> closed.incrementAndGet());
            channel.pipeline().addLast(connection);
        }
    }
}
