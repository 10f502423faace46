package io.lastmile.simulation;

import io.lastmile.edge.session.Session;
import io.lastmile.simulation.Story.Sent;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.SessionId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Knows what excuses that a device gets a message again, or one that has ended. */
final class Repeats {
    private final Map<Incarnation, Long> goneAt = new HashMap<>();
    private final Set<Incarnation> killed = new HashSet<>();
    private final Set<Incarnation> drained = new HashSet<>();
    private long takeOversRunOut;

    /** Why a device may get a message again. */
    enum Cause {
        PUBACK_LOST,
        EDGE_LOST,
        TAKE_OVER_RAN_OUT,
        EVENTS_LOST
    }

    void edgeLost(Incarnation edge) {
        killed.add(edge);
    }

    boolean isGone(Incarnation edge) {
        return goneAt.containsKey(edge);
    }

    /** It stopped by itself, with nothing left to say. */
    void drained(Incarnation edge) {
        if (!isGone(edge)) {
            drained.add(edge);
        }
    }

    void declaredGone(Incarnation edge, long moment) {
        goneAt.putIfAbsent(edge, moment);
    }

    void takeOversRanOut(long count) {
        takeOversRunOut += count;
    }

    boolean hasTakeOverRunOut() {
        return takeOversRunOut > 0;
    }

    /** When nodes said that the session's edge is gone. */
    long goneSince(SessionId session) {
        return goneAt.getOrDefault(session.edge(), Sent.NEVER);
    }

    /**
     * Whether a message may still go, or may have gone, to this session without its owner's fault.
     */
    boolean isExcused(SessionId session) {
        return goneAt.containsKey(session.edge()) || takeOversRunOut > 0;
    }

    /** Why a message that was received before may be received again in this session. */
    @Nullable Cause cause(Sent earlier, Session now, long eventsStart) {
        if (goneAt.containsKey(now.id().edge())) {
            return Cause.EDGE_LOST; // it has not heard so yet, and goes on with what it has
        }
        SessionId id = earlier.session.id();
        boolean heard = earlier.ackInLogAt < goneSince(id);
        boolean lost = killed.contains(id.edge()) || goneAt.containsKey(id.edge());
        if (lost && !heard && !(drained.contains(id.edge()) && earlier.ackTaken)) {
            return Cause.EDGE_LOST;
        }
        if (!earlier.ackTaken && earlier.session.isEnding()) {
            return Cause.PUBACK_LOST;
        }
        if (earlier.ackOffset < eventsStart) { // retention took it, perhaps unread
            return Cause.EVENTS_LOST;
        }
        return takeOversRunOut > 0 ? Cause.TAKE_OVER_RAN_OUT : null;
    }
}
