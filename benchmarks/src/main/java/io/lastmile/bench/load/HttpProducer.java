package io.lastmile.bench.load;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Posts messages over a fixed number of kept-alive connections, one request at a time on each. What
 * finds no idle connection waits, in order. All its work is on one thread.
 */
public final class HttpProducer implements AutoCloseable {
    private static final int ANSWER_BYTES_MAX = 64 << 10;

    private record Post(
            DeviceId device,
            Payload payload,
            String contentType,
            CompletableFuture<Answer> answer) {}

    private final InetSocketAddress api;
    private final String host;
    private final EventLoopGroup loops;
    private final EventLoop loop;
    private final int connectionsMax;
    private final ArrayDeque<Channel> idle = new ArrayDeque<>();
    private final ArrayDeque<Post> waiting = new ArrayDeque<>();
    private int connections;

    /** Opens its connections as they are needed. */
    public HttpProducer(InetSocketAddress api, int connectionsMax) {
        this.api = api;
        this.connectionsMax = connectionsMax;
        host = api.getHostString() + ":" + api.getPort();
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        loop = loops.next();
    }

    /** Posts a message; fails where there is no answer. */
    public CompletableFuture<Answer> post(DeviceId device, Payload payload, String contentType) {
        Post post = new Post(device, payload, contentType, new CompletableFuture<>());
        loop.execute(() -> {
            waiting.add(post);
            sendNext();
        });
        return post.answer;
    }

    private void sendNext() {
        while (!waiting.isEmpty()) {
            Channel channel = idle.poll();
            if (channel == null) {
                if (connections < connectionsMax) {
                    connect();
                }
                return;
            }
            if (channel.isActive()) {
                send(channel, waiting.remove());
            }
        }
    }

    private void connect() {
        connections++;
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loops)
                        .channel(NioSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(new HttpClientCodec())
                                                .addLast(new HttpObjectAggregator(ANSWER_BYTES_MAX))
                                                .addLast(new Exchange());
                                    }
                                });
        Futures.onFailure(
                bootstrap.connect(api),
                cause -> {
                    connections--;
                    Post post = waiting.poll();
                    if (post != null) {
                        post.answer.completeExceptionally(cause);
                    }
                    sendNext();
                });
    }

    private void send(Channel channel, Post post) {
        channel.pipeline().get(Exchange.class).post = post;
        var request =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.POST,
                        "/v1/devices/" + post.device + "/messages",
                        Unpooled.wrappedBuffer(post.payload.bytes()));
        request.headers()
                .set(HttpHeaderNames.HOST, host)
                .set(HttpHeaderNames.CONTENT_TYPE, post.contentType)
                .set(HttpHeaderNames.CONTENT_LENGTH, post.payload.length());
        Futures.ignore(channel.writeAndFlush(request));
    }

    /** The exchange that a connection is busy with. */
    private final class Exchange extends SimpleChannelInboundHandler<FullHttpResponse> {
        private @Nullable Post post;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            idle.add(context.channel());
            sendNext();
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            Post answered = post;
            post = null;
            if (answered != null) {
                answered.answer.complete(
                        new Answer(
                                response.status().code(),
                                response.content().toString(StandardCharsets.UTF_8)));
            }
            if (response.headers().containsValue(HttpHeaderNames.CONNECTION, "close", true)) {
                Futures.ignore(context.close());
            } else {
                idle.add(context.channel());
            }
            sendNext();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            connections--;
            idle.remove(context.channel());
            Post unanswered = post;
            if (unanswered != null) {
                unanswered.answer.completeExceptionally(
                        new IOException("closed without an answer"));
            }
            sendNext();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            Futures.ignore(context.close());
        }
    }

    @Override
    public void close() {
        Futures.ignore(loops.shutdownGracefully(0, 5, TimeUnit.SECONDS));
    }
}
