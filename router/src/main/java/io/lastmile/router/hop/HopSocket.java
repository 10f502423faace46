package io.lastmile.router.hop;

import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A channel that others than its event loop may write to while the loop has nothing to write. */
final class HopSocket extends NioSocketChannel {
    /** Writes what the kernel takes now. Any thread, while nothing waits in the channel. */
    void writeNow(ByteBuffer bytes) throws IOException {
        javaChannel().write(bytes);
    }
}
