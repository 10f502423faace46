package io.lastmile.cli.tail;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.PointInTime;

/** Where in the topic to begin. */
sealed interface StartAt {
    /** With the oldest record. */
    record Earliest() implements StartAt {}

    /** With what comes from now on. */
    record Latest() implements StartAt {}

    /** With the first record appended at or after a time, ms since the epoch. */
    record Time(long ms) implements StartAt {}

    /**
     * Reads {@code earliest}, {@code latest} or a time.
     *
     * @throws CommandException naming what is allowed
     */
    static StartAt parse(String text) {
        return switch (text) {
            case "earliest" -> new Earliest();
            case "latest" -> new Latest();
            default -> new Time(PointInTime.parse("--from", text, "earliest, latest or "));
        };
    }
}
