package io.lastmile.edge.socket;

import io.lastmile.wire.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import org.jspecify.annotations.Nullable;

/** What stands between a Netty channel and its connection: proxy, TLS and WebSocket handlers. */
final class Pipelines {
    private static final int HTTP_BYTES_MAX = 8 << 10;
    private static final String PATH = "/mqtt";
    private static final String SUBPROTOCOL = "mqtt";

    private final Transport transport;
    private final boolean proxied;
    private final @Nullable Certificates certificates;
    private final WebSocketServerProtocolConfig webSocket;
    private final UpgradeCheck check;

    /**
     * For one listener.
     *
     * @param certificates null where the transport has no TLS
     * @param frameBytesMax the longest WebSocket frame
     * @param origins of pages that may connect over WebSocket
     */
    Pipelines(
            Transport transport,
            boolean proxied,
            @Nullable Certificates certificates,
            int frameBytesMax,
            WebSocketOrigins origins) {
        this.transport = transport;
        this.proxied = proxied;
        this.certificates = certificates;
        this.check = new UpgradeCheck(PATH, origins);
        this.webSocket =
                WebSocketServerProtocolConfig.newBuilder()
                        .websocketPath(PATH)
                        .subprotocols(SUBPROTOCOL)
                        .withUTF8Validator(false)
                        .decoderConfig(
                                WebSocketDecoderConfig.newBuilder()
                                        .maxFramePayloadLength(frameBytesMax)
                                        .allowExtensions(false)
                                        .build())
                        .build();
    }

    /** What all of them are. */
    Transport transport() {
        return transport;
    }

    /** Builds it up on a channel that has just been accepted. */
    void on(Channel channel, NettyConnection connection) {
        ChannelPipeline pipeline = channel.pipeline();
        if (proxied) {
            pipeline.addLast(new HAProxyMessageDecoder(), new ProxyAddress(connection));
        }
        if (certificates != null) {
            DeviceTls tls = certificates.newHandler(channel.alloc());
            tls.setHandshakeTimeoutMillis(0); // the deadline of CONNECT is its deadline
            pipeline.addLast(tls);
        }
        if (transport == Transport.WEBSOCKET || transport == Transport.SECURE_WEBSOCKET) {
            pipeline.addLast(
                    new HttpServerCodec(),
                    new HttpObjectAggregator(HTTP_BYTES_MAX),
                    check,
                    new WebSocketServerProtocolHandler(webSocket),
                    WebSocketBytes.INSTANCE);
        }
        pipeline.addLast(connection);
    }
}
