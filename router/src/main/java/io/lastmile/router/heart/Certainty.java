package io.lastmile.router.heart;

import io.lastmile.wire.Incarnation;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether this owner knows what edges were given. Right after a claim it does not: the predecessor
 * may have read, and sent to, sessions that it did not commit, and does so until the edges have
 * taken the new epoch. Until events are read to the end asked for after the claim, and every edge
 * has answered {@code own} (with events read to the end asked for after that) or is gone, no
 * message may end but by an acknowledgement.
 *
 * <p>Design decision: the wait for the edges is bounded, since one that this router cannot reach
 * would hold up expiry for ever. What that edge was given after the claim may then end as something
 * else than it does: {@link HeartFigures#unansweredEdges} counts such edges. Edges that come up
 * later are not waited for: by then the predecessor is fenced and has found out.
 */
final class Certainty {
    private final Watermark watermark;
    private final long eventsEnd;
    private final long edgesUntilMs;
    private final Set<Incarnation> unanswered = new HashSet<>();
    private int unansweredForGood;
    private boolean caughtUp;
    private boolean certain;

    /**
     * Right after the claim.
     *
     * @param edgesUntilMs when the wait for edges is over
     */
    Certainty(Restored restored, Watermark watermark, long edgesUntilMs) {
        this.watermark = watermark;
        this.edgesUntilMs = edgesUntilMs;
        eventsEnd = restored.eventsEnd();
        caughtUp = restored.positions().eventsPosition() >= eventsEnd;
    }

    /** An edge that the predecessor may have known too. */
    void edgeUp(Incarnation edge) {
        if (!certain) {
            unanswered.add(edge);
        }
    }

    /** The edge's answer has been compared, or its sessions are over: nobody else sends there. */
    void settledWith(Incarnation edge) {
        unanswered.remove(edge);
    }

    /** Events are read to this position; says, once, that all that was waited for has come. */
    boolean comes(long eventsPosition) {
        caughtUp = caughtUp || eventsPosition >= eventsEnd;
        if (certain || !caughtUp || !unanswered.isEmpty()) {
            return false;
        }
        certain = true;
        return true;
    }

    /** Time passes: edges are not waited for any longer than that. */
    void tick(long nowMs) {
        if (!certain && nowMs >= edgesUntilMs) {
            unansweredForGood += unanswered.size();
            unanswered.clear();
        }
    }

    /** How many edges were waited for in vain. */
    int unansweredEdges() {
        return unansweredForGood;
    }

    /** Whether a session of the device may hold messages that this owner does not know of. */
    boolean lacksFor(Device device) {
        return !certain || device.hasUnansweredEdge();
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
    boolean isComplete() {
        return certain;
    }
}
