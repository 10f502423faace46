package io.lastmile.wire;

/**
 * Names one subscribed connection of one device: a number that its edge gives out once an
 * incarnation.
 */
public record SessionId(Incarnation edge, long number) {
    /** What to tell somebody whose text was refused. */
    public static final String RULE = "a session is <edge>/<incarnation>/<number>";

    /**
     * @throws IllegalArgumentException where the number is not positive
     */
    public SessionId {
        if (number <= 0) {
            throw new IllegalArgumentException("a session number is positive");
        }
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException naming the rule, where the text is anything else
     */
    public static SessionId parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException(RULE);
        }
        try {
            Incarnation edge = new Incarnation(parts[0], Long.parseLong(parts[1], 36));
            SessionId id = new SessionId(edge, Long.parseLong(parts[2]));
            if (!id.toString().equals(text)) { // one spelling a session
                throw new IllegalArgumentException(RULE);
            }
            return id;
        } catch (IllegalArgumentException e) { // no number, or one that none has
            throw new IllegalArgumentException(RULE, e);
        }
    }

    /** {@code <edge>/<incarnation>/<number>}. */
    @Override
    public String toString() {
        return edge + "/" + number;
    }
}
