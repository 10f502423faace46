package io.lastmile.edge.socket;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How sockets are held.
 *
 * @param loops threads that serve connections
 * @param backlog connections that the kernel holds until they are accepted
 * @param stalledMax how long a device's system may take none of the bytes on their way to it
 * @param proxied whether a load balancer says first who is behind it (PROXY protocol)
 * @param arrivals of connections that nobody knows yet
 * @param tls null where there are no listeners with TLS
 * @param unsentBytesHigh what a device may ask for without reading; from there on nothing is read
 *     from it until it has
 * @param origins of pages that may connect over WebSocket
 */
public record SocketSettings(
        int loops,
        int backlog,
        Duration stalledMax,
        int unsentBytesHigh,
        boolean proxied,
        ArrivalLimits arrivals,
        @Nullable TlsSettings tls,
        WebSocketOrigins origins) {
    /** With pages of the browser's own machine as those that may connect. */
    public SocketSettings(
            int loops,
            int backlog,
            Duration stalledMax,
            int unsentBytesHigh,
            boolean proxied,
            ArrivalLimits arrivals,
            @Nullable TlsSettings tls) {
        this(
                loops,
                backlog,
                stalledMax,
                unsentBytesHigh,
                proxied,
                arrivals,
                tls,
                WebSocketOrigins.LOOPBACK);
    }
}
