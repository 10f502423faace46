package io.lastmile.router.owner;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import java.util.List;

/** For what the end of events was asked. */
public sealed interface EventsEnd {
    /** Nodes says that the edge is gone: its last words stand before it. */
    record OfGone(Incarnation edge) implements EventsEnd {}

    /**
     * The edge has answered an {@code own}, all frames of it together.
     *
     * @param exchange that is void once there has been a later one, or the hop broke
     */
    record OfAnswer(Incarnation edge, long exchange, List<HeldSession> held, long highestIssued)
            implements EventsEnd {
        public OfAnswer {
            held = List.copyOf(held);
        }
    }
}
