package io.lastmile.bench.micro;

import io.lastmile.edge.socket.Connection;
import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A connection without a socket, which takes everything; its loop runs when told to. */
final class QueuedConnection implements Connection {
    // As the edge's loops have them.
    private static final ByteBufAllocator BUFFERS = new UnpooledByteBufAllocator(false, true);

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private int lastPacketId;
    private int bytesWritten;

    /** Runs what waits on the loop. */
    void runLoop() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** The packet id of the last PUBLISH. */
    int lastPacketId() {
        return lastPacketId;
    }

    int bytesWritten() {
        return bytesWritten;
    }

    @Override
    public void write(ByteBuf bytes) {
        if (bytes.getUnsignedByte(0) == 0x32) { // PUBLISH at QoS 1, the length in two bytes
            lastPacketId = bytes.getUnsignedShort(5 + bytes.getUnsignedShort(3));
        }
        bytesWritten += bytes.readableBytes();
        bytes.release();
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public Executor loop() {
        return tasks::add;
    }

    @Override
    public ByteBufAllocator buffers() {
        return BUFFERS;
    }

    @Override
    public Transport transport() {
        return Transport.TCP;
    }

    @Override
    public String remote() {
        return "nowhere";
    }

    @Override
    public @Nullable InetAddress origin() {
        return null;
    }

    @Override
    public @Nullable X509Certificate certificate() {
        return null;
    }

    @Override
    public void arrived() {}

    @Override
    public void again() {}

    @Override
    public long unacknowledgedBytes() {
        return 0;
    }

    @Override
    public void end() {}
}
