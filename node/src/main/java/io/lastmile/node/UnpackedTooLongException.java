package io.lastmile.node;

import java.io.IOException;

/** A packed body holds far more than its length; thrown while it is read. */
public final class UnpackedTooLongException extends IOException {
    private static final long serialVersionUID = 1;

    UnpackedTooLongException() {
        super("more than " + Unpacked.TIMES_MAX + " times its length comes out of a packed body");
    }

    /** What to answer. */
    public static Problem problem() {
        return new Problem(
                413,
                "unpacked-too-long",
                "Unpacked too long",
                "Content-Encoding: of a body packed with gzip at most "
                        + Unpacked.TIMES_MAX
                        + " times its length may come, and "
                        + (Unpacked.FREE_BYTES >> 20)
                        + " MiB; send it unpacked",
                "Content-Encoding");
    }
}
