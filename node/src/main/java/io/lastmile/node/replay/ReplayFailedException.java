package io.lastmile.node.replay;

/** A replay cannot go on. Its message is for people, and says what to do. */
public final class ReplayFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** For a reason. */
    public ReplayFailedException(String message) {
        super(message, null, false, false);
    }
}
