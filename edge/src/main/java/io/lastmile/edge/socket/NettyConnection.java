package io.lastmile.edge.socket;

import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection on a Netty channel. It is the channel's only handler and the loop's only record of
 * it.
 */
final class NettyConnection extends ChannelInboundHandlerAdapter
        implements Connection, LoopConnection {
    private static final Logger LOG = LoggerFactory.getLogger(NettyConnection.class);

    private final Channel channel;
    private final Transport transport;
    private final LoopConnections neighbours;
    private final Object peer;
    private int place;
    private int sweepsLeft = -1; // 0 and above once closed from here
    private boolean broken;
    private boolean flushAwaited;
    private int batchBytes; // of what is unsent, those that the device did not ask for just now
    private @Nullable Outgoing outgoing;
    private @Nullable ByteBuf rest;
    private @Nullable SocketAddress behindProxy;

    NettyConnection(Channel channel, Transport transport, LoopConnections neighbours) {
        this.channel = channel;
        this.transport = transport;
        this.neighbours = neighbours;
        this.peer = protocol().opened(this);
    }

    private Protocol<Object> protocol() {
        return neighbours.protocol();
    }

    @Override
    public int place() {
        return place;
    }

    @Override
    public void place(int newPlace) {
        place = newPlace;
    }

    @Override
    public void ready() {
        throw new IllegalStateException("the channel reads");
    }

    @Override
    public Transport transport() {
        return transport;
    }

    /** A load balancer says who is behind it. */
    void connectedFrom(InetSocketAddress address) {
        behindProxy = address;
        if (!neighbours.comesFrom(this, address.getAddress())) {
            var _ = channel.close();
        }
    }

    @Override
    public @Nullable InetAddress origin() {
        return neighbours.origin(this);
    }

    @Override
    public void arrived() {
        neighbours.arrived(this);
    }

    @Override
    public String remote() {
        SocketAddress behind = behindProxy;
        return String.valueOf(behind != null ? behind : channel.remoteAddress());
    }

    @Override
    public @Nullable X509Certificate certificate() throws CertificateException {
        DeviceTls tls = channel.pipeline().get(DeviceTls.class);
        return tls == null ? null : tls.certificate();
    }

    @Override
    public void again() {
        if (rest != null && !isClosed()) {
            received(Unpooled.EMPTY_BUFFER);
        }
    }

    @Override
    public Executor loop() {
        return channel.eventLoop();
    }

    @Override
    public ByteBufAllocator buffers() {
        return channel.alloc();
    }

    @Override
    public void write(ByteBuf bytes) {
        if (isClosed() || !channel.isActive()) {
            bytes.release();
            return;
        }
        int length = bytes.readableBytes();
        neighbours.countSent(length);
        if (outgoing == null) {
            outgoing = new Outgoing();
        }
        outgoing.wrote(length);
        var _ = channel.write(bytes, channel.voidPromise());
    }

    @Override
    public boolean flush() {
        channel.flush();
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        if (unsent == null) {
            return false; // it broke, and what was unsent is lost
        }
        if (unsent.isEmpty()) {
            return true;
        }
        return !flushAwaited && awaitFlush(unsent.totalPendingWriteBytes());
    }

    /**
     * Until all has gone that is queued now, and what the device asks for meanwhile.
     *
     * @param batch bytes of what is queued that the device did not ask for just now
     * @return whether it has gone already: the socket may take the rest at this second try, and
     *     then {@link Protocol#flushed} does not follow
     */
    private boolean awaitFlush(long batch) {
        ChannelFuture all = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (all.isDone()) {
            return all.isSuccess();
        }
        flushAwaited = true;
        batchBytes = (int) Math.min(Integer.MAX_VALUE, batch);
        var _ = all.addListener(this::taken);
        return false;
    }

    private void taken(Future<? super Void> all) {
        flushAwaited = false;
        batchBytes = 0;
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        if (!all.isSuccess() || unsent == null) {
            return;
        }
        listen();
        if (unsent.isEmpty() || awaitFlush(0)) {
            protocol().flushed(peer);
        }
    }

    /** One that does not read what it asks for is not asked for more. */
    private void listen() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        int high = channel.config().getWriteBufferHighWaterMark();
        boolean asksTooMuch =
                unsent != null && unsent.totalPendingWriteBytes() - batchBytes >= high;
        channel.config().setAutoRead(!asksTooMuch || isClosed());
    }

    @Override
    public long unacknowledgedBytes() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        if (unsent == null) {
            return 0;
        }
        int inKernel =
                channel instanceof EpollSocketChannel epoll
                        ? neighbours.sendQueueBytes(epoll.fd().intValue())
                        : 0;
        return unsent.totalPendingWriteBytes() + inKernel;
    }

    /**
     * Sends FIN and goes on reading into nothing for a moment: to close with unread bytes would
     * send RST, which takes the last packet, and so the reason, away from the device.
     */
    @Override
    public void end() {
        if (isClosed()) {
            return;
        }
        sweepsLeft = LoopConnections.SWEEPS_LINGERING;
        dropRest();
        takeLeave();
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        boolean drained = unsent == null || unsent.isEmpty();
        if (drained && channel instanceof SocketChannel socket && socket.isActive()) {
            var _ = socket.shutdownOutput();
            channel.config().setAutoRead(true);
        } else {
            var _ = channel.close();
        }
    }

    /** What the layers below MQTT say at the end. */
    private void takeLeave() {
        if (transport == Transport.WEBSOCKET || transport == Transport.SECURE_WEBSOCKET) {
            if (channel.pipeline().get(HttpServerCodec.class) == null) { // it came to frames
                var _ =
                        channel.writeAndFlush(
                                new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
            }
        }
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null && tls.handshakeFuture().isSuccess()) {
            var _ = tls.closeOutbound();
        }
    }

    private boolean isClosed() {
        return sweepsLeft >= 0;
    }

    @Override
    public void loopEnds() {
        var _ = channel.close();
    }

    @Override
    public void swept(long nanoTime) {
        if (!isClosed()) {
            if (isStalled()) {
                protocol().stalled(peer);
                return;
            }
            protocol().swept(peer, nanoTime);
        } else if (sweepsLeft-- == 0) {
            sweepsLeft = 0;
            var _ = channel.close();
        }
    }

    private boolean isStalled() {
        if (outgoing == null) {
            return false;
        }
        long left = unacknowledgedBytes();
        if (left == 0) {
            outgoing = null;
            return false;
        }
        return neighbours.isStalled(outgoing, left);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (!isClosed()) {
                neighbours.countReceived(bytes.readableBytes());
                received(bytes);
            }
        } finally {
            bytes.release();
        }
    }

    private void received(ByteBuf bytes) {
        ByteBuf kept = rest;
        if (kept == null) {
            protocol().received(peer, this, bytes);
            if (bytes.isReadable() && !isClosed()) {
                rest = channel.alloc().buffer(bytes.readableBytes()).writeBytes(bytes);
            }
            return;
        }
        kept.writeBytes(bytes);
        protocol().received(peer, this, kept);
        if (isClosed()) {
            return; // end() has dropped it
        }
        if (kept.isReadable()) {
            kept.discardSomeReadBytes();
        } else {
            dropRest();
        }
    }

    private void dropRest() {
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }

    /** It may have asked for more: here, or of the layers below (a WebSocket's ping). */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        listen();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) { // that it is not may be of a batch which is being written
            listen();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            broken = true; // a reset, or no answer for long: the network's doing
        } else if (cause instanceof CodecException
                || cause instanceof WebSocketHandshakeException) {
            LOG.atDebug()
                    .addKeyValue("remote", remote())
                    .addKeyValue("reason", cause.getMessage())
                    .log("no TLS, WebSocket or proxy protocol as it should be");
        } else {
            LOG.atError()
                    .addKeyValue("remote", remote())
                    .setCause(cause)
                    .log("a connection failed by a bug");
        }
        var _ = channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        neighbours.remove(this);
        boolean byDevice = !isClosed();
        sweepsLeft = 0;
        dropRest();
        protocol().closed(peer, byDevice && broken);
    }
}
