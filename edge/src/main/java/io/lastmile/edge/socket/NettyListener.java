package io.lastmile.edge.socket;

import io.lastmile.wire.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A listener whose connections are Netty channels. */
final class NettyListener implements Listener {
    private static final int READ_BYTES = 2_048;

    private final Channel channel;

    /**
     * Listens.
     *
     * @param connections of each loop
     * @param accepted counts connections
     * @param closed counts those that are no more
     */
    NettyListener(
            InetSocketAddress at,
            SocketSettings settings,
            EventLoops loops,
            Map<Executor, LoopConnections> connections,
            Transport transport,
            Pipelines pipelines,
            Protocol protocol,
            AtomicLong accepted,
            AtomicLong closed) {
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
        ChannelInitializer<Channel> opening =
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        LoopConnections neighbours = connections.get(opened.eventLoop());
                        if (neighbours == null) {
                            throw new IllegalStateException("a channel of another's loop");
                        }
                        accepted.incrementAndGet();
                        NettyConnection connection =
                                new NettyConnection(opened, transport, neighbours, protocol);
                        neighbours.add(connection);
                        var _ = opened.closeFuture().addListener(done -> closed.incrementAndGet());
                        pipelines.on(opened, connection);
                    }
                };
        channel = server.childHandler(opening).bind(at).syncUninterruptibly().channel();
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
