package io.lastmile.wire;

import java.util.stream.LongStream;

/**
 * The seeds of a test that draws random values: fixed ones, so that a build is repeatable, or the
 * one of the system property {@value #PROPERTY}, which replays a failure.
 */
public final class Seeds {
    /** Replays one seed: {@code mvn -pl wire test -Dlastmile.seed=17}. */
    public static final String PROPERTY = "lastmile.seed";

    private Seeds() {}

    /** Seeds 1 to count, or the one to be replayed. */
    public static LongStream upTo(int count) {
        Long replayed = Long.getLong(PROPERTY);
        return replayed == null ? LongStream.rangeClosed(1, count) : LongStream.of(replayed);
    }

    /** What an assertion message says about its seed. */
    public static String replay(String what, long seed) {
        return what + ", replay with -D" + PROPERTY + "=" + seed;
    }
}
