package io.lastmile.edge.socket;

import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A device's open socket, as the protocol spoken over it sees it. To be used on its loop only,
 * except {@link #loop} and {@link #transport}.
 */
public interface Connection {
    /** How the device reached the edge. */
    Transport transport();

    /** The other end, for logs. */
    String remote();

    /**
     * Where the device comes from, for limits: its address, of IPv6 the network of 64 bits. Null
     * after {@link #arrived}, and where a load balancer speaks for itself.
     */
    @Nullable InetAddress origin();

    /** Its CONNECT is answered: it is one of those that arrive no longer. */
    void arrived();

    /**
     * The certificate that the device showed; null where it needed none.
     *
     * @throws CertificateException where it counts no longer: a session that was resumed brings
     *     back the one of its first handshake
     */
    @Nullable X509Certificate certificate() throws CertificateException;

    /** The one thread that serves this connection; connections of one thread have the same. */
    Executor loop();

    /** Where buffers to {@link #write} come from. */
    ByteBufAllocator buffers();

    /** Gives the peer once more what it left in {@link Protocol#received}. */
    void again();

    /**
     * Queues bytes, which the connection then owns. What is written to a closed one is dropped.
     *
     * <p>What is written while a {@link #flush} is awaited counts as what the device asks for
     * without reading: of that there is a bound, at which the device is not heard until it reads.
     * Everything else waits for {@link Protocol#flushed}.
     */
    void write(ByteBuf bytes);

    /**
     * Sends what was queued.
     *
     * @return whether the socket took all of it; else {@link Protocol#flushed} follows
     */
    boolean flush();

    /**
     * Bytes written that the device's system has not acknowledged, where the kernel says so; else
     * those that the socket has not taken. A question to the kernel: for sweeps.
     */
    long unacknowledgedBytes();

    /**
     * Ends it: the socket is closed, with an orderly end behind what was flushed. The peer hears
     * nothing more but {@link Protocol#closed}.
     */
    void end();
}
