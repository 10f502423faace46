package io.lastmile.edge.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.MessageToMessageCodec;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.List;

/**
 * MQTT is in binary frames, whose borders mean nothing (MQTT 5, section 6.0); what asks for another
 * path is told that there is none. One for all connections.
 */
@Sharable
final class WebSocketBytes extends MessageToMessageCodec<WebSocketFrame, ByteBuf> {
    static final WebSocketBytes INSTANCE = new WebSocketBytes();

    private WebSocketBytes() {}

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof FullHttpRequest request) { // of another path
            request.release();
            var notFound =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.NOT_FOUND,
                            Unpooled.EMPTY_BUFFER);
            notFound.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
            notFound.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            var _ = context.writeAndFlush(notFound).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        super.channelRead(context, message);
    }

    @Override
    protected void encode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) {
        // An empty buffer asks when all before it has gone, and is no frame.
        out.add(bytes.isReadable() ? new BinaryWebSocketFrame(bytes.retain()) : bytes.retain());
    }

    @Override
    protected void decode(ChannelHandlerContext context, WebSocketFrame frame, List<Object> out) {
        if (!(frame instanceof BinaryWebSocketFrame)
                && !(frame instanceof ContinuationWebSocketFrame)) {
            throw new CorruptedFrameException("not a binary frame");
        }
        out.add(frame.content().retain());
    }
}
