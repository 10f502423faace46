package io.lastmile.edge.session;

import java.util.Locale;

/** Why a connection ended without a CONNECT that could be answered. */
public enum NoConnect {
    /** It came too late. */
    DEADLINE,
    /** Something else came. */
    PROTOCOL_ERROR,
    /** The other end closed, or TLS, WebSocket or the proxy protocol before MQTT failed. */
    CLOSED;

    /** In metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
