package io.lastmile.edge.session;

/** What became of a device's word that it is who it says. */
public sealed interface Verdict {
    /**
     * It is.
     *
     * @param untilMs when that ends, in milliseconds since 1970; may be over already
     */
    record Accepted(long untilMs) implements Verdict {}

    /**
     * It is not, or nobody can tell.
     *
     * @param reason for the log, without anything secret
     */
    record Refused(String reason) implements Verdict {}

    /** Too many are waiting to be looked at. */
    record Busy() implements Verdict {}

    /** Nobody knows yet: {@link DeviceHeart#decided} follows. */
    non-sealed interface Later extends Verdict {
        /** Nobody waits for it any more. */
        void forget();
    }

    /** No end. */
    long FOR_EVER = Long.MAX_VALUE;
}
