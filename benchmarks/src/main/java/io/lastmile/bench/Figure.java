package io.lastmile.bench;

/** What benchmarks measure: every name that stands under {@code figures} in their JSON. */
public enum Figure {
    P50("p50_ms", "POST due to PUBLISH read by the device, median"),
    P99("p99_ms", "the same, 99 of 100"),
    P999("p999_ms", "the same, 999 of 1000"),
    MAX("max_ms", "the same, the longest"),
    BARE_P50("bare_p50_ms", "plain Kafka, send due to record read, median"),
    BARE_P99("bare_p99_ms", "the same, 99 of 100"),
    BARE_P999("bare_p999_ms", "the same, 999 of 1000"),
    BARE_MAX("bare_max_ms", "the same, the longest"),
    SENT("sent_messages", "posted in all rounds"),
    MISSING("missing_messages", "posted and not seen by their device"),
    BARE_SENT("bare_sent_messages", "sent to plain Kafka in all rounds"),
    BARE_MISSING("bare_missing_messages", "sent to plain Kafka and not read"),
    REFUSED("refused_messages", "posts that were not answered 202");

    private final String label;
    private final String description;

    Figure(String label, String description) {
        this.label = label;
        this.description = description;
    }

    /** The name in JSON, its unit last. */
    public String label() {
        return label;
    }

    /** What it is, for people. */
    public String description() {
        return description;
    }
}
