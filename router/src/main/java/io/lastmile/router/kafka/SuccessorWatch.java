package io.lastmile.router.kafka;

import io.lastmile.node.kafka.NodesListener;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord;

/** Hears in nodes that another router has claimed what this one has let go. */
public final class SuccessorWatch implements NodesListener {
    private final Incarnation self;
    private final Ownership ownership;

    /** Listens once added to the nodes view. */
    public SuccessorWatch(Incarnation self, Ownership ownership) {
        this.self = self;
        this.ownership = ownership;
    }

    @Override
    public void heartbeat(Incarnation node, NodeRecord.Heartbeat beat, long offset) {
        if (beat.role() == NodeRole.ROUTER && !node.equals(self)) {
            beat.claims().forEach(ownership::claimedElsewhere);
        }
    }

    @Override
    public void gone(Incarnation node, NodeRecord.Gone gone, long offset) {}
}
