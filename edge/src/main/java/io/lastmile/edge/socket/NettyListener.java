package io.lastmile.edge.socket;

import io.lastmile.node.Task;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A listener whose connections are Netty channels. */
final class NettyListener implements Listener {
    private static final int READ_BYTES = 2_048;

    private final Channel channel;

    /**
     * Listens.
     *
     * @param connections of each loop
     * @param open counts connections
     * @param resuming goes on to accept after a pause
     */
    NettyListener(
            InetSocketAddress at,
            SocketSettings settings,
            EventLoops loops,
            Map<Executor, LoopConnections> connections,
            Pipelines pipelines,
            Arrivals arrivals,
            AtomicLong open,
            Task resuming) {
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
                    EpollChannelOption.TCP_NOTSENT_LOWAT, (long) FlatListener.NOT_SENT_BYTES);
        }
        boolean proxied = settings.proxied();
        ChannelInitializer<Channel> opening =
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        LoopConnections neighbours = connections.get(opened.eventLoop());
                        if (neighbours == null) {
                            throw new IllegalStateException("a channel of another's loop");
                        }
                        open.incrementAndGet();
                        var _ = opened.closeFuture().addListener(done -> open.decrementAndGet());
                        Arrival arrival = arrivals.begin(proxied ? null : addressOf(opened));
                        if (arrival == null) {
                            var _ = opened.close();
                            return;
                        }
                        NettyConnection connection =
                                new NettyConnection(opened, pipelines.transport(), neighbours);
                        neighbours.add(connection, arrival);
                        pipelines.on(opened, connection);
                    }
                };
        channel =
                server.handler(new Gate(arrivals, resuming))
                        .childHandler(opening)
                        .bind(at)
                        .syncUninterruptibly()
                        .channel();
    }

    /** Null where the device has gone already. */
    private static @Nullable InetAddress addressOf(Channel opened) {
        return opened.remoteAddress() instanceof InetSocketAddress from ? from.getAddress() : null;
    }

    /** Accepts nothing for a while where there is no room for more. */
    private static final class Gate extends ChannelInboundHandlerAdapter {
        private final Arrivals arrivals;
        private final Task resuming;

        Gate(Arrivals arrivals, Task resuming) {
            this.arrivals = arrivals;
            this.resuming = resuming;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object child) {
            context.fireChannelRead(child);
            pauseIfFull(context.channel());
        }

        private void pauseIfFull(Channel listener) {
            int waitMs = arrivals.pauseMs();
            listener.config().setAutoRead(waitMs == 0);
            if (waitMs > 0) {
                resuming.untilDone(
                        listener.eventLoop(),
                        Duration.ofMillis(waitMs),
                        () -> pauseIfFull(listener));
            }
        }
    }

    @Override
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void stop() {
        var _ = channel.close().awaitUninterruptibly();
    }
}
