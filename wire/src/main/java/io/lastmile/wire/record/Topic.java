package io.lastmile.wire.record;

import java.util.Optional;

/** The topics, by the name behind the prefix. */
public enum Topic {
    MESSAGES("messages", true),
    EVENTS("events", true),
    RECEIPTS("receipts", true),
    PRESENCE("presence", true),
    INBOX("inbox", true),
    MEMBERS("members", true),
    BROADCASTS("broadcasts", false),
    REVOCATIONS("revocations", false),
    NODES("nodes", false),
    REJECTS("rejects", false);

    private final String label;
    private final boolean byDevice;

    Topic(String label, boolean byDevice) {
        this.label = label;
        this.byDevice = byDevice;
    }

    /** The name behind the prefix. */
    public String label() {
        return label;
    }

    /** Whether it has P partitions and a device's records are in that device's partition. */
    public boolean byDevice() {
        return byDevice;
    }

    /** The name in Kafka under a prefix such as {@code lastmile.}. */
    public String under(String prefix) {
        return prefix + label;
    }

    /** The topic of that name, if there is one. */
    public static Optional<Topic> ofLabel(String label) {
        for (Topic topic : values()) {
            if (topic.label.equals(label)) {
                return Optional.of(topic);
            }
        }
        return Optional.empty();
    }
}
