package io.lastmile.node.kafka;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeRecord.Gone;
import io.lastmile.wire.record.NodeRecord.Heartbeat;

/**
 * Hears what stands in nodes, in the order of the log, on the one thread that reads it. It must not
 * block.
 */
public interface NodesListener {
    /** An incarnation gave a sign of life. */
    void heartbeat(Incarnation incarnation, Heartbeat heartbeat, long offset);

    /** An incarnation is gone, for good. */
    void gone(Incarnation incarnation, Gone gone, long offset);
}
