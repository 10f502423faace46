package io.lastmile.edge.mqtt;

import io.lastmile.edge.socket.Connection;
import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A connection without a socket: it keeps what is flushed, and its loop runs when told to. */
final class FakeConnection implements Connection {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuf unflushed = Unpooled.buffer();
    private ByteBuf sent = Unpooled.buffer();
    boolean socketFull;
    boolean closed;
    boolean arrived;
    boolean certificateEnded;
    InetAddress origin = InetAddress.getLoopbackAddress();
    long inKernel;
    int again;

    /** Whether something waits on the loop. */
    boolean hasTasks() {
        return !tasks.isEmpty();
    }

    /** Runs what waits on the loop. */
    void runLoop() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** What the device received since the last call. */
    ByteBuf takeSent() {
        ByteBuf taken = sent;
        sent = Unpooled.buffer();
        return taken;
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
        return arrived ? null : origin;
    }

    @Override
    public void arrived() {
        arrived = true;
    }

    @Override
    public @Nullable X509Certificate certificate() throws CertificateException {
        if (certificateEnded) {
            throw new CertificateException("it has ended");
        }
        return null;
    }

    @Override
    public void again() {
        again++;
    }

    @Override
    public Executor loop() {
        return tasks::add;
    }

    @Override
    public ByteBufAllocator buffers() {
        return UnpooledByteBufAllocator.DEFAULT;
    }

    @Override
    public void write(ByteBuf bytes) {
        unflushed.writeBytes(bytes);
        bytes.release();
    }

    @Override
    public boolean flush() {
        if (!socketFull) {
            sent.writeBytes(unflushed);
            unflushed.clear();
        }
        return !socketFull;
    }

    @Override
    public long unacknowledgedBytes() {
        return unflushed.readableBytes() + inKernel;
    }

    @Override
    public void end() {
        closed = true;
    }
}
