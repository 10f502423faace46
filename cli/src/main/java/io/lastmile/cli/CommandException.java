package io.lastmile.cli;

/** What a command tells its user in one line before it ends. It carries no stack trace. */
public final class CommandException extends RuntimeException {
    /** The exit code of what went wrong while it ran. */
    public static final int FAILED = 1;

    /** The exit code of a command that was called or configured wrongly. */
    public static final int USAGE = 2;

    private final int exitCode;

    private CommandException(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** Something did not work. */
    public static CommandException failed(String message) {
        return new CommandException(FAILED, message);
    }

    /** Something was asked for that cannot be. */
    public static CommandException usage(String message) {
        return new CommandException(USAGE, message);
    }

    /** What the process ends with. */
    public int exitCode() {
        return exitCode;
    }
}
