package io.lastmile.wire;

/** How a device's connection reached its edge. */
public enum Transport {
    TCP(1, "tcp"),
    TLS(2, "tls"),
    WEBSOCKET(3, "ws"),
    SECURE_WEBSOCKET(4, "wss");

    private final int code;
    private final String label;

    Transport(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** The byte in records. */
    public int code() {
        return code;
    }

    /** The word in JSON, metrics and logs. */
    public String label() {
        return label;
    }

    /**
     * The transport of a record's byte.
     *
     * @throws MalformedException where there is none of that code
     */
    public static Transport ofCode(int code) {
        for (Transport transport : values()) {
            if (transport.code == code) {
                return transport;
            }
        }
        throw new MalformedException("transport", "no transport has code " + code);
    }
}
