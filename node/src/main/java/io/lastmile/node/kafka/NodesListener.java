package io.lastmile.node.kafka;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeRecord.Gone;
import io.lastmile.wire.record.NodeRecord.Heartbeat;

/**
 * Hears what stands in nodes, in the order of the log, on the one thread that reads it. It must not
 * block.
 */
public interface NodesListener {
    /**
     * An incarnation gave a sign of life.
     *
     * @param appendedAtMs by the broker, since the epoch
     */
    void heartbeat(Incarnation incarnation, Heartbeat heartbeat, long appendedAtMs);

    /** An incarnation is gone, for good. */
    void gone(Incarnation incarnation, Gone gone);

    /** What nodes said of an incarnation was deleted, long after its end. */
    default void forgotten(Incarnation incarnation) {}
}
