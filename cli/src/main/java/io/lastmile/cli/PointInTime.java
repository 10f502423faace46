package io.lastmile.cli;

import java.time.DateTimeException;
import java.time.OffsetDateTime;

/** Reads times from the command line. */
public final class PointInTime {
    private PointInTime() {}

    /**
     * Milliseconds since the epoch of an ISO 8601 date and time with its zone.
     *
     * @param alsoAllowed what else the option takes, for the message
     * @throws CommandException naming the option and what is allowed
     */
    public static long parse(String option, String text, String alsoAllowed) {
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            throw CommandException.usage(
                    "%s is %sa time such as 2026-11-23T10:15:00Z, not %s"
                            .formatted(option, alsoAllowed, text));
        }
    }
}
