package io.lastmile.edge.socket;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How sockets are held.
 *
 * @param loops threads that serve connections
 * @param backlog connections that the kernel holds until they are accepted
 * @param userTimeout how long sent bytes may stay unacknowledged by the other end's kernel
 * @param stalledMax how long a device may take none of the bytes that wait for it
 * @param proxied whether a load balancer says first who is behind it (PROXY protocol)
 * @param arrivals of connections that nobody knows yet
 * @param tls null where there are no listeners with TLS
 * @param unsentBytesHigh queued bytes of one connection from which on nothing is read from it
 */
public record SocketSettings(
        int loops,
        int backlog,
        Duration userTimeout,
        Duration stalledMax,
        int unsentBytesHigh,
        boolean proxied,
        ArrivalLimits arrivals,
        @Nullable TlsSettings tls) {}
