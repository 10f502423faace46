package io.lastmile.router.heart;

import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.BroadcastStateRecord;

/**
 * A broadcast in one partition as its owner sees it at one moment, for questions about state.
 *
 * @param mark its place among the messages of the partition
 * @param state with how many ended how, decided but perhaps not committed
 * @param waiting how many have no outcome
 * @param inFlight how many of those were given it and have not acknowledged it
 */
public record BroadcastView(MessageId mark, BroadcastStateRecord state, int waiting, int inFlight) {
    static BroadcastView of(Broadcast broadcast) {
        return new BroadcastView(
                broadcast.facts.id(),
                broadcast.state(),
                broadcast.waiting().getCardinality(),
                broadcast.inFlight());
    }
}
