package io.lastmile.router.heart;

/**
 * Whether this owner knows what edges were given. Right after a claim it does not: the predecessor
 * may have read, and sent to, sessions that it did not commit. Until events are read to the end
 * asked for after the claim, and the edges of a device's sessions have answered, nothing of the
 * device may end but by an acknowledgement.
 */
final class Certainty {
    private final Watermark watermark;
    private final long eventsEnd;
    private boolean caughtUp;
    private boolean told;

    Certainty(Restored restored, Watermark watermark) {
        this.watermark = watermark;
        eventsEnd = restored.eventsEnd();
        caughtUp = restored.positions().eventsPosition() >= eventsEnd;
    }

    /**
     * Events are read to this position; says, once, that what was waited for is read. An owner that
     * had nothing to wait for is told so with its first event: endings wait for it all the same.
     */
    boolean catchesUp(long eventsPosition) {
        caughtUp = caughtUp || eventsPosition >= eventsEnd;
        boolean news = caughtUp && !told;
        told = told || news;
        return news;
    }

    /** Whether a session of the device may hold messages that this owner does not know of. */
    boolean lacksFor(Device device) {
        return !caughtUp || device.hasUnansweredEdge();
    }

    /**
     * The same of a message that was appended again and not read yet: a session that was given
     * anything behind what is read may have been given that.
     */
    boolean lacksForUnread(Device device) {
        return lacksFor(device) || device.highestSent() >= watermark.next();
    }

    /** Whether messages are read beyond this offset. */
    boolean isRead(long offset) {
        return offset < watermark.next();
    }

    /** Whether all sessions that a predecessor can have sent to are known. */
    boolean isCaughtUp() {
        return caughtUp;
    }
}
