package io.lastmile.simulation;

/** An invariant did not hold. */
final class InvariantBroken extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Invariant invariant;

    InvariantBroken(Invariant invariant, String what) {
        super(invariant + " (" + invariant.rule() + "): " + what);
        this.invariant = invariant;
    }

    Invariant invariant() {
        return invariant;
    }
}
