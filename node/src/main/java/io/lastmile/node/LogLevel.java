package io.lastmile.node;

/** How much a process logs. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG;

    /** The setting {@code log.level}. */
    public static LogLevel from(Settings settings) {
        return settings.choice("log.level", INFO, LogLevel.class, "how much is logged");
    }
}
