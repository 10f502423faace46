package io.lastmile.router.heart;

/** The owner's time as its shell told it last, in ms since the epoch. It never goes back. */
final class Now {
    private long ms;

    Now(long ms) {
        this.ms = ms;
    }

    long ms() {
        return ms;
    }

    void advanceTo(long nextMs) {
        ms = Math.max(ms, nextMs);
    }
}
