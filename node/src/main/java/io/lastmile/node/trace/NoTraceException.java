package io.lastmile.node.trace;

/** There is no such message to tell of. */
public final class NoTraceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String why;

    /** None, for this reason. */
    public NoTraceException(String why) {
        super(why, null, false, false);
        this.why = why;
    }

    /** The reason, for people. */
    public String why() {
        return why;
    }
}
