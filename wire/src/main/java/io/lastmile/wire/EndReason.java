package io.lastmile.wire;

/** Why a session ended. */
public enum EndReason implements Coded {
    /** The device said DISCONNECT or closed its connection. */
    CLOSED_BY_DEVICE(1, "closed-by-device"),
    /** The device gave up its subscription. */
    UNSUBSCRIBED(2, "unsubscribed"),
    /** A newer connection of the same device took over. */
    TAKEN_OVER(3, "taken-over"),
    /** Nothing was heard within one and a half keep-alive intervals. */
    KEEP_ALIVE(4, "keep-alive"),
    /** A message stayed unacknowledged past the deadline. */
    ACK_DEADLINE(5, "ack-deadline"),
    /** The device broke the protocol. */
    PROTOCOL_ERROR(6, "protocol-error"),
    /** The connection broke. */
    CONNECTION_LOST(7, "connection-lost"),
    /** The edge drains or stops. */
    EDGE_STOPPING(8, "edge-stopping"),
    /** The edge was declared gone and came back, or was cut off. */
    EDGE_CUT_OFF(9, "edge-cut-off"),
    /** The device's credential ended or was revoked. */
    REVOKED(10, "revoked"),
    /** The device reads too slowly. */
    SLOW(11, "slow");

    private final int code;
    private final String label;

    EndReason(int code, String label) {
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
     * The reason of a record's or frame's byte.
     *
     * @throws MalformedException where there is none of that code
     */
    public static EndReason ofCode(int code) {
        return Coded.of(values(), code, "reason");
    }
}
