package io.lastmile.wire;

/** How a device's connection reached its edge. */
public enum Transport implements Coded {
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

    @Override
    public int code() {
        return code;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * The transport of a record's byte.
     *
     * @throws MalformedException where there is none of that code
     */
    public static Transport ofCode(int code) {
        return Coded.of(values(), code, "transport");
    }
}
