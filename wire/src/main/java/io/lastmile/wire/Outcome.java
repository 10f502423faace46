package io.lastmile.wire;

/** The terminal outcome of a message, exactly one. The code is what stands in a receipt. */
public enum Outcome implements Coded {
    /** The device acknowledged it (or, at QoS 0, the bytes went to its socket). */
    DELIVERED(1, "delivered"),
    /** Its time to live ended first, or retention took its body. */
    EXPIRED(2, "expired"),
    /** A later message with the same collapse key took its place. */
    REPLACED(3, "replaced"),
    /** The device's inbox was at its cap and this was the oldest. */
    OVERFLOWED(4, "overflowed"),
    /** The producer took it back. */
    CANCELLED(5, "cancelled"),
    /** It could not be understood, was a duplicate, or the device refused it. */
    REJECTED(6, "rejected");

    private final int code;
    private final String label;

    Outcome(int code, String label) {
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
     * The outcome of a receipt's byte.
     *
     * @throws MalformedException where there is none of that code
     */
    public static Outcome ofCode(int code) {
        return Coded.of(values(), code, "outcome");
    }
}
