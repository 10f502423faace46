package io.lastmile.wire.record;

import io.lastmile.wire.Coded;
import io.lastmile.wire.MalformedException;

/** What stands behind an outcome. */
public enum Proof implements Coded {
    /** There is none: the device said nothing. */
    NONE(0, "none"),
    /** The device sent a PUBACK. */
    PUBACK(1, "puback"),
    /** QoS 0: the bytes went to the socket. */
    SENT(2, "sent");

    private final int code;
    private final String label;

    Proof(int code, String label) {
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
     * The proof of a record's byte.
     *
     * @throws MalformedException where there is none of that code
     */
    public static Proof ofCode(int code) {
        return Coded.of(values(), code, "proof");
    }
}
