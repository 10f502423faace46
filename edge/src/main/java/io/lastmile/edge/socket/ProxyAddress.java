package io.lastmile.edge.socket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import java.net.InetSocketAddress;

/** Takes a load balancer's word for who is connected, once, and leaves. */
final class ProxyAddress extends SimpleChannelInboundHandler<HAProxyMessage> {
    private final NettyConnection connection;

    ProxyAddress(NettyConnection connection) {
        this.connection = connection;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HAProxyMessage message) {
        String address = message.sourceAddress(); // none where the balancer looks after itself
        AddressFamily family = message.proxiedProtocol().addressFamily();
        if (address != null && family != AddressFamily.AF_UNIX) { // a path says nothing about where
            connection.connectedFrom( // numbers: nobody is asked for a name
                    new InetSocketAddress(address, message.sourcePort()));
        }
        context.pipeline().remove(this);
    }
}
