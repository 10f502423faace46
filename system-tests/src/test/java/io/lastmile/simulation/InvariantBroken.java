package io.lastmile.simulation;

import java.util.function.Supplier;

/** An invariant did not hold. */
final class InvariantBroken extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Invariant invariant;

    InvariantBroken(Invariant invariant, String what) {
        super(invariant + " (" + invariant.rule() + "): " + what);
        this.invariant = invariant;
    }

    /** Throws unless it holds. */
    static void check(boolean holds, Invariant invariant, Supplier<String> what) {
        if (!holds) {
            throw new InvariantBroken(invariant, what.get());
        }
    }

    Invariant invariant() {
        return invariant;
    }
}
