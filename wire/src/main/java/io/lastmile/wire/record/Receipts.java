package io.lastmile.wire.record;

import io.lastmile.wire.Coded;
import io.lastmile.wire.MalformedException;
import java.util.Optional;

/** How the outcomes of a broadcast are written to receipts. The code stands in records. */
public enum Receipts implements Coded {
    /** One for each member where a partition has few, else as a summary. */
    AUTO(0, "auto"),
    /** One record for each member, as for a message. */
    EACH(1, "each"),
    /** Records that name many members each. */
    SUMMARY(2, "summary");

    private final int code;
    private final String label;

    Receipts(int code, String label) {
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

    /** What a producer may ask for: {@code each} or {@code summary}. */
    public static Optional<Receipts> ofLabel(String label) {
        return switch (label) {
            case "each" -> Optional.of(EACH);
            case "summary" -> Optional.of(SUMMARY);
            default -> Optional.empty();
        };
    }

    /**
     * What the byte in a record says.
     *
     * @throws MalformedException where there is none of that code
     */
    public static Receipts ofCode(int code) {
        return Coded.of(values(), code, "receipts");
    }
}
