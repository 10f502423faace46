package io.lastmile.edge.hop;

import io.lastmile.node.HopSecret;
import java.time.Duration;

/**
 * How routers are let in.
 *
 * @param secret that routers and edges share
 * @param handshakeDeadline from accept to a Hello that is right
 * @param silenceMax how long a router may say nothing, not even a ping
 */
public record HopSettings(
        String host, int port, HopSecret secret, Duration handshakeDeadline, Duration silenceMax) {
    @Override
    public String toString() {
        return "HopSettings[" + host + ":" + port + "]"; // never the secret
    }
}
