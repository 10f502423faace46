package io.lastmile.wire;

/**
 * The id of a broadcast: its offset in the broadcasts topic, written {@code b<offset>}. Rises in
 * the order in which broadcasts were accepted.
 *
 * @param offset in the one partition of the broadcasts topic
 */
public record BroadcastId(long offset) implements Comparable<BroadcastId> {
    /** What to tell somebody whose id was refused. */
    public static final String RULE = "a broadcast id is b<offset>, for example b1042";

    /**
     * @throws IllegalArgumentException where the offset is negative
     */
    public BroadcastId {
        if (offset < 0) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /**
     * Reads {@code b<offset>}.
     *
     * @throws IllegalArgumentException naming the rule, where the text is anything else
     */
    public static BroadcastId parse(String text) {
        if (!text.startsWith("b") || text.length() > 20) {
            throw new IllegalArgumentException(RULE);
        }
        try {
            BroadcastId id = new BroadcastId(Long.parseLong(text, 1, text.length(), 10));
            if (!id.toString().equals(text)) { // one spelling an id: no "+1", no leading zeros
                throw new IllegalArgumentException(RULE);
            }
            return id;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(RULE, e);
        }
    }

    @Override
    public int compareTo(BroadcastId other) {
        return Long.compare(offset, other.offset);
    }

    @Override
    public String toString() {
        return "b" + offset;
    }
}
