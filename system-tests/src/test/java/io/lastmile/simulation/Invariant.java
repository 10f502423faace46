package io.lastmile.simulation;

/** What must hold in every run. */
enum Invariant {
    /** Each accepted message ends, and what is said to be delivered was received. */
    NOTHING_LOST("nothing accepted is lost"),
    /** The device sees the offsets of one session rise. */
    OFFSETS_RISE("offsets only rise within a session"),
    /** The device sees no message twice in one session. */
    SENT_ONCE("at most one send of a message in a session"),
    /** One receipt a message, and none that its owner could not know to be true. */
    ONE_OUTCOME("exactly one terminal outcome of a message"),
    /** Whatever is below the committed watermark is settled or parked. */
    WATERMARK("the watermark never passes an unsettled and unparked message"),
    /** A message comes twice only where the design says so. */
    NO_DUPLICATE("no duplicate but for a lost PUBACK, a lost edge or a take-over wait run out");

    private final String rule;

    Invariant(String rule) {
        this.rule = rule;
    }

    String rule() {
        return rule;
    }
}
