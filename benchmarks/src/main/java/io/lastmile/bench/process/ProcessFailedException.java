package io.lastmile.bench.process;

/** A process of ours did not start, did not become ready or did not stop; says what it printed. */
public final class ProcessFailedException extends RuntimeException {
    /** Tells what has failed. */
    public ProcessFailedException(String message) {
        super(message);
    }

    /** Tells what has failed. */
    public ProcessFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
