package io.lastmile.router.hop;

import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/** Writes and closes; a failed write closes the channel, and that is heard elsewhere. */
final class HopChannel {
    private HopChannel() {}

    static void write(Channel channel, HopFrame.FromRouter frame) {
        var _ =
                channel.writeAndFlush(Unpooled.wrappedBuffer(HopCodec.encode(frame)))
                        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    static void close(Channel channel) {
        var _ = channel.close();
    }
}
