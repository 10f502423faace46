package io.lastmile.edge.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.MessageToMessageCodec;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * MQTT is in binary frames, whose borders mean nothing (MQTT 5, section 6.0). One for all
 * connections.
 */
@Sharable
final class WebSocketBytes extends MessageToMessageCodec<WebSocketFrame, ByteBuf> {
    static final WebSocketBytes INSTANCE = new WebSocketBytes();

    private WebSocketBytes() {}

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof HttpObject) { // behind a request that became no WebSocket
            ReferenceCountUtil.release(message);
            var _ = context.close();
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
