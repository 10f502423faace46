package io.lastmile.edge.session;

import io.lastmile.wire.Incarnation;

/** What one incarnation of an edge holds; the next one starts with nothing of it. */
public record Life(Incarnation incarnation, Sessions sessions, Ownership ownership) {
    /** An incarnation that has no sessions and knows no owners yet. */
    public static Life begin(Incarnation incarnation, int partitions) {
        return new Life(incarnation, new Sessions(partitions), new Ownership(partitions));
    }
}
