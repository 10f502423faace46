package io.lastmile.simulation;

/** One transaction of one producer, as its coordinator knows it. */
final class Transaction {
    private State state = State.OPEN;

    /** How far it has come: what is decided stays so. */
    enum State {
        OPEN,
        COMMITTED,
        ABORTED
    }

    State state() {
        return state;
    }

    void decide(State decision) {
        if (state != State.OPEN) {
            throw new IllegalStateException("decided before: " + state);
        }
        state = decision;
    }
}
