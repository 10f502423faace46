package io.lastmile.wire;

import java.util.Optional;

/** How soon a device should be woken for a message (RFC 8030, section 5.3). */
public enum Urgency implements Coded {
    VERY_LOW(0, "very-low"),
    LOW(1, "low"),
    NORMAL(2, "normal"),
    HIGH(3, "high");

    private final int code;
    private final String label;

    Urgency(int code, String label) {
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

    /** The urgency of that word, if there is one. */
    public static Optional<Urgency> ofLabel(String label) {
        for (Urgency urgency : values()) {
            if (urgency.label.equals(label)) {
                return Optional.of(urgency);
            }
        }
        return Optional.empty();
    }

    /**
     * The urgency of a record's or frame's byte.
     *
     * @throws MalformedException where there is none of that code
     */
    public static Urgency ofCode(int code) {
        return Coded.of(values(), code, "urgency");
    }
}
