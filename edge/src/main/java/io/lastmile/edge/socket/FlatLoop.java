package io.lastmile.edge.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the flat connections of one event loop share, so that none of them needs it for itself. */
final class FlatLoop {
    private static final Logger LOG = LoggerFactory.getLogger(FlatLoop.class);

    /** Read at once from a socket, and written at once to one. */
    private static final int SHARED_BYTES = 64 << 10;

    /** On the heap, to a packet's exact size: they live until they are copied to the kernel. */
    static final ByteBufAllocator PACKETS = new UnpooledByteBufAllocator(false, true);

    private final IoEventLoop loop;
    private final LoopConnections connections;
    private final SystemCalls calls;
    private final LoopEpoll epoll;
    private final AtomicLong open;
    private final int unsentBytesHigh;
    private final ByteBuf reading = Unpooled.directBuffer(SHARED_BYTES, SHARED_BYTES);
    private final ByteBuf gathering = Unpooled.directBuffer(SHARED_BYTES, SHARED_BYTES);

    /**
     * Without connections yet.
     *
     * @param open counts connections
     */
    FlatLoop(
            IoEventLoop loop,
            LoopConnections connections,
            SystemCalls calls,
            SocketSettings settings,
            AtomicLong open) {
        this.loop = loop;
        this.connections = connections;
        this.calls = calls;
        this.epoll = new LoopEpoll(loop, connections, calls);
        this.open = open;
        this.unsentBytesHigh = settings.unsentBytesHigh();
    }

    IoEventLoop loop() {
        return loop;
    }

    LoopConnections connections() {
        return connections;
    }

    SystemCalls calls() {
        return calls;
    }

    LoopEpoll epoll() {
        return epoll;
    }

    /** What was read from one socket; whoever needs it longer than the call copies it. */
    ByteBuf reading() {
        return reading;
    }

    /** Where {@link Unsent} puts together what goes to one socket. */
    ByteBuf gathering() {
        return gathering;
    }

    int unsentBytesHigh() {
        return unsentBytesHigh;
    }

    /**
     * Closes an accepted descriptor that became no connection. Any thread.
     *
     * @param arrival null where it was not let in
     */
    void refused(int descriptor, @Nullable Arrival arrival) {
        if (arrival != null) {
            arrival.end();
        }
        open.decrementAndGet();
        try {
            calls.close(new FileDescriptor(descriptor));
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("a descriptor could not be closed");
        }
    }

    void left(FlatConnection connection) {
        connections.remove(connection);
        open.decrementAndGet();
    }
}
