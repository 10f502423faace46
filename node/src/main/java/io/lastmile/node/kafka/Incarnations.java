package io.lastmile.node.kafka;

import io.lastmile.node.Clock;
import io.lastmile.wire.Incarnation;
import java.util.random.RandomGenerator;

/** New lives of nodes. */
public final class Incarnations {
    private static final int RANDOM_BITS = 12;

    private Incarnations() {}

    /**
     * A new life of the node: later ones have greater numbers, and two processes that were given
     * the same name by mistake and start in the same millisecond still differ.
     */
    public static Incarnation begin(String node, Clock clock, RandomGenerator random) {
        long number = clock.nowMs() << RANDOM_BITS | random.nextInt(1 << RANDOM_BITS);
        return new Incarnation(node, number);
    }

    /** As {@link #begin}, and certainly after an earlier life, even if the clock was set back. */
    public static Incarnation after(Incarnation earlier, Clock clock, RandomGenerator random) {
        Incarnation next = begin(earlier.node(), clock, random);
        return next.number() > earlier.number()
                ? next
                : new Incarnation(earlier.node(), earlier.number() + 1);
    }
}
