package io.lastmile.router.owner;

/**
 * Which ticks a partition is told: each while something happens, one in five while nothing does.
 * Telling a heart the time costs little, but every router does it for each of its partitions forty
 * times a second. Not safe for use by several threads.
 */
final class QuietTicks {
    /** The heart's now may be late by so many ticks when something happens after a while. */
    static final int ONE_IN = 5;

    private boolean quiet;
    private int skipped;

    /** The heart was told something other than the time: the next tick is told. */
    void happened() {
        quiet = false;
    }

    /** Whether the tick that is due now is told. */
    boolean isTold() {
        if (quiet && ++skipped < ONE_IN) {
            return false;
        }
        skipped = 0;
        return true;
    }

    /** A tick was told; whether it left the heart with nothing to commit. */
    void told(boolean settledDown) {
        quiet = settledDown;
    }
}
