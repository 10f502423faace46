package io.lastmile.router.hop;

import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What goes out on one hop connection. Frames are gathered, and a flush writes them from the thread
 * that asks for it: a message on its way to its device wakes up no event loop here, and many
 * messages are one write. What the kernel does not take waits in the channel, whose water marks
 * then say that the hop is stalled. Any thread; frames go out in the order in which they are added.
 */
final class HopOutput {
    /** Gathered bytes that are written without waiting for a flush. */
    private static final int GATHERED_BYTES_MAX = 64 << 10;

    /** A buffer that a large frame has made larger than this is not kept. */
    private static final int KEPT_BYTES_MAX = 4 * GATHERED_BYTES_MAX;

    private static final int FIRST_BYTES = 4 << 10;

    private final Channel socket;
    private final Direct direct;
    private final ReentrantLock lock = new ReentrantLock();
    private BytesWriter gathered = new BytesWriter(FIRST_BYTES);
    private int waiting; // writes that the channel has not ended: what follows queues up behind
    private boolean broken; // nothing more is written

    /** Writes what the kernel takes now, on the calling thread. */
    interface Direct {
        void write(ByteBuffer bytes) throws IOException;
    }

    HopOutput(Channel socket, Direct direct) {
        this.socket = socket;
        this.direct = direct;
    }

    /** Adds a frame to what the next flush writes. */
    void add(HopFrame.FromRouter frame) {
        put(frame, GATHERED_BYTES_MAX);
    }

    /** Writes what was added. A write that fails closes the connection, and that is heard there. */
    void flush() {
        put(null, 1);
    }

    /** Adds a frame, if any, and writes what is gathered where it is at least so many bytes. */
    private void put(HopFrame.@Nullable FromRouter frame, int writtenFromBytes) {
        lock.lock();
        try {
            if (broken) {
                return;
            }
            if (frame != null) {
                HopCodec.encode(frame, gathered);
            }
            if (gathered.length() >= writtenFromBytes) {
                write();
            }
        } catch (RuntimeException | Error e) {
            breakOff();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        ByteBuffer bytes = gathered.toBuffer();
        if (waiting == 0) {
            try {
                direct.write(bytes);
            } catch (IOException e) {
                breakOff();
                return;
            }
        }
        if (bytes.hasRemaining()) {
            ByteBuf rest = Unpooled.copiedBuffer(bytes);
            waiting++;
            later(() -> {
                var _ =
                        socket.writeAndFlush(rest)
                                .addListener((ChannelFutureListener) this::written);
            });
        }
        gathered = gathered.capacity() > KEPT_BYTES_MAX ? new BytesWriter(FIRST_BYTES) : gathered;
        gathered.clear();
    }

    private void written(ChannelFuture write) {
        lock.lock();
        try {
            waiting--;
            broken |= !write.isSuccess();
        } finally {
            lock.unlock();
        }
        if (!write.isSuccess()) {
            var _ = socket.close(); // before the loop writes what is behind it
        }
    }

    /** Half a frame may have gone out: nothing may follow it. */
    private void breakOff() {
        broken = true;
        close();
    }

    /** Closes the connection, soon; what was not written is lost. */
    void close() {
        later(() -> {
            var _ = socket.close();
        });
    }

    /** On the loop and never from here: what is heard of it there feeds hearts, and locks them. */
    private void later(Runnable task) {
        try {
            socket.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and its connections with it.
        }
    }
}
