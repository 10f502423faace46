package io.lastmile.node;

/**
 * What holds for every TLS connection of the process. The JDK reads it once, when TLS is first
 * used, so it is to be applied before.
 */
public final class TlsRules {
    private static final String RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    private TlsRules() {}

    /**
     * A client of TLS 1.2 may not ask for another handshake within a connection: it would cost the
     * server much and the client nothing, and no client of MQTT or HTTP needs it. An operator's own
     * word stands.
     */
    public static void apply() {
        if (System.getProperty(RENEGOTIATION) == null) {
            System.setProperty(RENEGOTIATION, "true");
        }
    }
}
