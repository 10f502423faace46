package io.lastmile.router.heart;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.ArrivalRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a new owner read from Kafka after its claim: the state its predecessor committed last.
 *
 * @param positions of the last checkpoint, or the start of the logs where there is none
 * @param eventsEnd the end of events, asked for after the claim: until events are read to it,
 *     devices may have sessions that the predecessor knew and sent to, and this owner does not know
 *     yet
 * @param devices that have a session or parked messages; given away
 * @param idempotency keys in their window
 * @param arrivals the misplaced message that came last, by the partition it came from
 * @param broadcasts that have members who wait, and the latest of the others
 * @param edges incarnations of edges in nodes that are not gone
 */
public record Restored(
        Positions positions,
        long eventsEnd,
        RestoredDevices devices,
        Map<InboxKey.Idempotency, IdempotencyRecord> idempotency,
        Map<Integer, ArrivalRecord> arrivals,
        RestoredBroadcasts broadcasts,
        Set<Incarnation> edges) {
    /**
     * Edges that presence names and nodes does not, or no longer: the shell reports them with
     * {@link Event.EdgeGone} as soon as it has asked for the end of events.
     */
    public Set<Incarnation> lostEdges() {
        Set<Incarnation> lost = new HashSet<>(devices.edges());
        lost.removeAll(edges);
        return lost;
    }
}
