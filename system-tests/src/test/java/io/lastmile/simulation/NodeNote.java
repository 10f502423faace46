package io.lastmile.simulation;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeRecord.Claim;
import java.util.List;

/** A record of the nodes topic. */
sealed interface NodeNote extends Keyed {
    Incarnation node();

    @Override
    default boolean isTombstone() {
        return false;
    }

    record Heartbeat(Incarnation node, boolean isEdge, List<Claim> claims) implements NodeNote {
        @Override
        public Object key() {
            return node;
        }
    }

    record Gone(Incarnation node) implements NodeNote {
        @Override
        public Object key() {
            return this;
        }
    }
}
