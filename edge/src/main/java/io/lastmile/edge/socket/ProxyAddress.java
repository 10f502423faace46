package io.lastmile.edge.socket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import java.net.InetSocketAddress;

/** Takes a load balancer's word for who is connected, once, and leaves. */
final class ProxyAddress extends SimpleChannelInboundHandler<HAProxyMessage> {
    private final NettyConnection connection;

    ProxyAddress(NettyConnection connection) {
        this.connection = connection;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HAProxyMessage message) {
        if (message.sourceAddress() != null) { // none where the balancer looks after itself
            connection.connectedFrom(
                    new InetSocketAddress( // numbers: nobody is asked for a name
                            message.sourceAddress(), message.sourcePort()));
        }
        context.pipeline().remove(this);
    }
}
