package io.lastmile.node.trace;

/** There is no such message to tell of. */
public final class NoTraceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String why;
    private final boolean beyondStable;

    /** None, for this reason. */
    public NoTraceException(String why) {
        this(why, false);
    }

    private NoTraceException(String why, boolean beyondStable) {
        super(why, null, false, false);
        this.why = why;
        this.beyondStable = beyondStable;
    }

    /** None that is readable: it is above all that is, or behind an open transaction. */
    public static NoTraceException beyondStable(String why) {
        return new NoTraceException(why, true);
    }

    /** The reason, for people. */
    public String why() {
        return why;
    }

    /** Whether it may be there, behind an open transaction. */
    public boolean isBeyondStable() {
        return beyondStable;
    }
}
