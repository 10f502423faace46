package io.lastmile.edge.hop;

import io.lastmile.wire.MalformedException;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Bytes to frames. Before the handshake is over frames are short. */
final class HopFrameDecoder extends ByteToMessageDecoder {
    private static final int HANDSHAKE_BYTES_MAX = 1_024;
    private int frameBytesMax = HANDSHAKE_BYTES_MAX;

    /** The other end has shown who it is: frames may be as long as they get. */
    void trust() {
        frameBytesMax = HopCodec.FRAME_BYTES_MAX;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < HopCodec.LENGTH_BYTES) {
            return;
        }
        int length = in.getInt(in.readerIndex());
        if (length <= 0 || length > frameBytesMax) {
            throw new MalformedException("length", "1 to " + frameBytesMax + ", not " + length);
        }
        if (in.readableBytes() < HopCodec.LENGTH_BYTES + length) {
            return;
        }
        in.skipBytes(HopCodec.LENGTH_BYTES);
        HopFrame frame = HopCodec.decode(in.nioBuffer(in.readerIndex(), length));
        in.skipBytes(length);
        out.add(frame);
    }
}
