package io.lastmile.simulation;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord;
import java.util.Map;

/** A record of the nodes topic. */
sealed interface NodeNote extends Keyed {
    Incarnation node();

    @Override
    default boolean isTombstone() {
        return false;
    }

    record Heartbeat(Incarnation node, NodeRecord.Heartbeat beat) implements NodeNote {
        private static final Map<String, String> HOP = Map.of("hop", "127.0.0.1:1");

        static Heartbeat ofEdge(Incarnation node) {
            return new Heartbeat(
                    node, beat(NodeRole.EDGE, false, 1, NodeRecord.RouterPartitions.NONE));
        }

        static Heartbeat ofRouter(
                Incarnation node,
                boolean draining,
                long sequence,
                NodeRecord.RouterPartitions partitions) {
            return new Heartbeat(node, beat(NodeRole.ROUTER, draining, sequence, partitions));
        }

        private static NodeRecord.Heartbeat beat(
                NodeRole role,
                boolean draining,
                long sequence,
                NodeRecord.RouterPartitions partitions) {
            return new NodeRecord.Heartbeat(
                    role, draining, sequence, 0, "", HOP, Map.of(), partitions);
        }

        boolean isEdge() {
            return beat.role() == NodeRole.EDGE;
        }

        @Override
        public Object key() {
            return node;
        }
    }

    record Gone(Incarnation node, NodeRole role) implements NodeNote {
        @Override
        public Object key() {
            return this;
        }
    }
}
