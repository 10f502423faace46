package io.lastmile.edge.socket;

import io.lastmile.edge.session.Link;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A device's open socket, as the protocol spoken over it sees it. To be used on its loop only,
 * except {@link #loop} and {@link #transport}.
 */
public interface Connection extends Link {
    /** The connection of a heart. */
    static Connection of(Link link) {
        return (Connection) link;
    }

    /** An {@link #origin} as a number: an IPv4 address, or the upper half of an IPv6 one. */
    static long networkOf(@Nullable InetAddress origin) {
        if (origin == null) {
            return UNKNOWN;
        }
        ByteBuffer address = ByteBuffer.wrap(origin.getAddress());
        return address.remaining() < Long.BYTES
                ? Integer.toUnsignedLong(address.getInt())
                : address.getLong();
    }

    @Override
    default long network() {
        return networkOf(origin());
    }

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
}
