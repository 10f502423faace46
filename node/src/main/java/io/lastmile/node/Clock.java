package io.lastmile.node;

/**
 * The time of this machine. Only mains and shells hold one; everything pure is told the time with
 * its events.
 */
public interface Clock {
    /** Milliseconds since the epoch; may jump when the machine's clock is set. */
    long nowMs();

    /** Nanoseconds since some fixed moment; never goes back. */
    long nanoTime();

    /** A clock that stands at 0. */
    static Clock standing() {
        return new Clock() {
            @Override
            public long nowMs() {
                return 0;
            }

            @Override
            public long nanoTime() {
                return 0;
            }
        };
    }

    /** The clock of the machine. */
    static Clock system() {
        return new Clock() {
            @Override
            public long nowMs() {
                return System.currentTimeMillis();
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }
        };
    }
}
