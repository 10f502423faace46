package io.lastmile.router.heart;

import io.lastmile.wire.Incarnation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The incarnations of edges that are known and not gone. Each has a small number, by which a device
 * at rest names the edge of its session; numbers of edges that are gone are given out again.
 */
final class Edges {
    private final Map<Incarnation, Edge> byId = new HashMap<>();
    private final List<@Nullable Edge> byNumber = new ArrayList<>();

    /** The edge, which comes into being where it is not known. */
    Edge of(Incarnation id) {
        Edge known = byId.get(id);
        return known == null ? add(id) : known;
    }

    private Edge add(Incarnation id) {
        int free = byNumber.indexOf(null);
        int number = free < 0 ? byNumber.size() : free;
        Edge edge = new Edge(id, number);
        if (free < 0) {
            byNumber.add(edge);
        } else {
            byNumber.set(free, edge);
        }
        byId.put(id, edge);
        return edge;
    }

    @Nullable Edge find(Incarnation id) {
        return byId.get(id);
    }

    /** The edge of that number, which some device at rest names. */
    Edge numbered(int number) {
        Edge edge = byNumber.get(number);
        if (edge == null) {
            throw new IllegalStateException("no edge has the number " + number);
        }
        return edge;
    }

    /** Forgets an edge that no session names any more. */
    void remove(Edge edge) {
        if (byId.remove(edge.id, edge)) {
            byNumber.set(edge.number, null);
        }
    }

    /** The incarnations known. */
    Set<Incarnation> ids() {
        return Set.copyOf(byId.keySet());
    }
}
