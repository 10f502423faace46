package io.lastmile.edge.socket;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that serve sockets: with epoll, or with NIO where the machine has none. */
public final class EventLoops implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    private final EventLoopGroup group;
    private final boolean epoll;

    /** Starts so many threads with this name. */
    public EventLoops(String name, int threads) {
        epoll = Epoll.isAvailable();
        if (!epoll) {
            LOG.atWarn()
                    .addKeyValue("loops", name)
                    .addKeyValue("cause", String.valueOf(Epoll.unavailabilityCause()))
                    .log("no epoll here: sockets are served by NIO, with more memory for each");
        }
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group =
                new MultiThreadIoEventLoopGroup(
                        threads, new DefaultThreadFactory(name, true), handlers);
    }

    /** Whether epoll serves them. */
    public boolean epoll() {
        return epoll;
    }

    /** A bootstrap for a listener on these threads. */
    public ServerBootstrap server() {
        Class<? extends ServerSocketChannel> channel =
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        return new ServerBootstrap().group(group).channel(channel);
    }

    /** Each thread. */
    public List<IoEventLoop> all() {
        List<IoEventLoop> loops = new ArrayList<>();
        group.forEach(loop -> loops.add((IoEventLoop) loop));
        return loops;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
    }
}
