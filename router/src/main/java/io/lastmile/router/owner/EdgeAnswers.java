package io.lastmile.router.owner;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The edges' answers to one owner's {@code own}: which of them count. Each {@code own} has a number
 * of its own, and only the answer to the latest counts, while the hop it went over is still there:
 * what was sent over a later one is not in it. Not safe for use by several threads.
 */
final class EdgeAnswers {
    private final Map<Incarnation, Exchange> exchangeByEdge = new HashMap<>();
    private long exchanges;

    private record Exchange(long number, List<HeldSession> held) {}

    /** The hop to the edge is open: the number of the {@code own} that goes out on it. */
    long begin(Incarnation edge) {
        exchangeByEdge.put(edge, new Exchange(++exchanges, new ArrayList<>()));
        return exchanges;
    }

    /** The hop broke. */
    void cut(Incarnation edge) {
        exchangeByEdge.remove(edge);
    }

    /** A frame of an answer: all of the answer where it is the last one and counts. */
    EventsEnd.@Nullable OfAnswer add(Incarnation edge, HopFrame.Sessions frame) {
        Exchange exchange = exchangeByEdge.get(edge);
        if (frame.refused() || exchange == null || exchange.number != frame.exchange()) {
            return null;
        }
        exchange.held.addAll(frame.sessions());
        return frame.last()
                ? new EventsEnd.OfAnswer(
                        edge, exchange.number, exchange.held, frame.highestIssued())
                : null;
    }

    /** Whether an answer counts still. */
    boolean counts(EventsEnd.OfAnswer answer) {
        Exchange exchange = exchangeByEdge.get(answer.edge());
        return exchange != null && exchange.number == answer.exchange();
    }
}
