package io.lastmile.simulation;

import io.lastmile.wire.Incarnation;

/** A record of the nodes topic. */
sealed interface NodeNote {
    Incarnation node();

    record Heartbeat(Incarnation node, boolean isEdge) implements NodeNote {}

    record Gone(Incarnation node) implements NodeNote {}
}
