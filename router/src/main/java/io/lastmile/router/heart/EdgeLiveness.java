package io.lastmile.router.heart;

import io.lastmile.wire.Incarnation;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts, in the order of the nodes topic, this router's own heartbeats since each edge's last one.
 * Only order decides, no clock: while Kafka stands still, nobody's count moves. Fed by one thread.
 */
public final class EdgeLiveness {
    private final Incarnation self;
    private final int goneAfter;
    private final Map<Incarnation, Integer> ownBeatsSince = new HashMap<>();

    /**
     * Nothing seen yet.
     *
     * @param goneAfter own heartbeats with none of an edge's between them, 2 or more
     */
    public EdgeLiveness(Incarnation self, int goneAfter) {
        this.self = self;
        this.goneAfter = goneAfter;
    }

    /** A heartbeat of an edge was read. */
    public void edgeBeat(Incarnation edge) {
        ownBeatsSince.put(edge, 0);
    }

    /** An edge is gone: nothing is counted for it any more. */
    public void gone(Incarnation edge) {
        ownBeatsSince.remove(edge);
    }

    /** A heartbeat of a router was read: says which edges are silent for too long, one a call. */
    public Optional<Incarnation> routerBeat(Incarnation router) {
        if (!router.equals(self)) {
            return Optional.empty();
        }
        ownBeatsSince.replaceAll((_, count) -> count + 1);
        return ownBeatsSince.entrySet().stream()
                .filter(entry -> entry.getValue() >= goneAfter)
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
