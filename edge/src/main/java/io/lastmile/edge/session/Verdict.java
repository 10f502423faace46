package io.lastmile.edge.session;

/** What became of a device's word that it is who it says. */
public sealed interface Verdict {
    /**
     * It is.
     *
     * @param untilMs when that ends, in milliseconds since 1970; may be over already
     * @param channels what it may do about channels
     */
    record Accepted(long untilMs, ChannelRights channels) implements Verdict {
        /** One that says nothing of channels. */
        public Accepted(long untilMs) {
            this(untilMs, ChannelRights.NONE);
        }
    }

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
