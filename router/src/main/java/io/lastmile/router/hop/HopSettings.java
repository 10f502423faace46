package io.lastmile.router.hop;

import io.lastmile.wire.Incarnation;
import java.time.Duration;

/**
 * What the router's hops need to know.
 *
 * @param router this router's incarnation
 * @param secret shared with the edges
 * @param connectDeadline from the first packet to the handshake's end
 * @param pingInterval between pings; four unanswered ones end the connection
 * @param reconnectDelay between attempts
 * @param bufferBytes above which a hop counts as stalled
 */
public record HopSettings(
        Incarnation router,
        String secret,
        Duration connectDeadline,
        Duration pingInterval,
        Duration reconnectDelay,
        int bufferBytes) {}
