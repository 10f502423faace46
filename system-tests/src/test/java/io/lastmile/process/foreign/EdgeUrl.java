package io.lastmile.process.foreign;

import io.lastmile.bench.process.EdgeCertificate;
import io.lastmile.wire.Transport;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a device reaches an edge on this machine.
 *
 * @param certificate of the edge; null where the transport has none
 */
public record EdgeUrl(Transport transport, int port, @Nullable EdgeCertificate certificate) {
    static final String HOST = "127.0.0.1";

    /** MQTT over TCP. */
    public static EdgeUrl tcp(int port) {
        return new EdgeUrl(Transport.TCP, port, null);
    }

    /** As a URL, with these schemes for MQTT over TCP and over TLS. */
    String text(String tcp, String tls) {
        return switch (transport) {
            case TCP -> tcp + "://" + HOST + ":" + port;
            case TLS -> tls + "://" + HOST + ":" + port;
            case WEBSOCKET -> "ws://" + HOST + ":" + port + "/mqtt";
            case SECURE_WEBSOCKET -> "wss://" + HOST + ":" + port + "/mqtt";
        };
    }

    boolean isSecure() {
        return transport == Transport.TLS || transport == Transport.SECURE_WEBSOCKET;
    }

    boolean isWebSocket() {
        return transport == Transport.WEBSOCKET || transport == Transport.SECURE_WEBSOCKET;
    }

    /** The certificate of a transport that has one. */
    EdgeCertificate believed() {
        return Objects.requireNonNull(certificate, "the edge's certificate");
    }
}
