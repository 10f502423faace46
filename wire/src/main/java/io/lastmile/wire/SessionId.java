package io.lastmile.wire;

/**
 * Names one subscribed connection of one device: a number that its edge gives out once an
 * incarnation.
 */
public record SessionId(Incarnation edge, long number) {
    /**
     * @throws IllegalArgumentException where the number is not positive
     */
    public SessionId {
        if (number <= 0) {
            throw new IllegalArgumentException("a session number is positive");
        }
    }

    /** {@code <edge>/<incarnation>/<number>}. */
    @Override
    public String toString() {
        return edge + "/" + number;
    }
}
