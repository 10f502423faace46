package io.lastmile.router.heart;

/**
 * Whether this owner knows what edges were given. Right after a claim it does not: the predecessor
 * may have read, and sent to, sessions that it did not commit. Until events are read to the end
 * asked for after the claim, and the edges of a device's sessions have answered, nothing of the
 * device may end but by an acknowledgement.
 */
final class Certainty {
    private final long eventsEnd;
    private boolean caughtUp;

    Certainty(Restored restored) {
        eventsEnd = restored.eventsEnd();
        caughtUp = restored.positions().eventsPosition() >= eventsEnd;
    }

    /** Events are read to this position; says whether that was what was waited for. */
    boolean catchesUp(long eventsPosition) {
        boolean news = !caughtUp && eventsPosition >= eventsEnd;
        caughtUp = caughtUp || news;
        return news;
    }

    /** Whether a session of the device may hold messages that this owner does not know of. */
    boolean lacksFor(Device device) {
        return !caughtUp || device.hasUnansweredEdge();
    }

    /** Whether all sessions that a predecessor can have sent to are known. */
    boolean isCaughtUp() {
        return caughtUp;
    }
}
