package io.lastmile.edge.hop;

import io.lastmile.node.HopSecret;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How routers are let in.
 *
 * @param secret that routers and edges share
 * @param handshakeDeadline from accept to a Hello that is right
 * @param silenceMax how long a router may say nothing, not even a ping
 * @param advertised host:port that routers are told; null for where it listens
 */
public record HopSettings(
        String host,
        int port,
        HopSecret secret,
        Duration handshakeDeadline,
        Duration silenceMax,
        @Nullable String advertised) {
    @Override
    public String toString() {
        return "HopSettings[" + host + ":" + port + "]"; // never the secret
    }
}
