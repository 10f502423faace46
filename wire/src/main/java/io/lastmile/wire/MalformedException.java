package io.lastmile.wire;

/**
 * Bytes or text from outside that break a format. It carries the field and what is allowed, and no
 * stack trace: a peer's mistake is not a bug of ours.
 */
public final class MalformedException extends RuntimeException {
    private final String field;

    /** Says which field breaks which rule. */
    public MalformedException(String field, String rule) {
        super(field + ": " + rule, null, false, false);
        this.field = field;
    }

    /** The field that is wrong. */
    public String field() {
        return field;
    }
}
