package io.lastmile.edge.hop;

import io.lastmile.edge.session.Broadcast;
import io.lastmile.edge.session.Session;
import io.lastmile.edge.socket.Connection;
import io.lastmile.wire.hop.HopFrame.ForSession;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came in one read of a hop, by the loops of its sessions: each loop is given one task. Used
 * by the loop of the hop.
 */
final class LoopBatches {
    private static final Logger LOG = LoggerFactory.getLogger(LoopBatches.class);

    private final Map<Executor, LoopBatch> batches = new HashMap<>();
    private final Executor here;
    private final Supplier<LoopBatch> empty;

    /**
     * Nothing has come.
     *
     * @param here the loop of the hop
     * @param empty makes a batch
     */
    LoopBatches(Executor here, Supplier<LoopBatch> empty) {
        this.here = here;
        this.empty = empty;
    }

    void add(ForSession frame, Session session) {
        of(session).add(frame, session);
    }

    void add(Broadcast broadcast, Session session, int member) {
        of(session).add(broadcast, session, member);
    }

    private LoopBatch of(Session session) {
        return batches.computeIfAbsent(
                Connection.of(session.heart().link()).loop(), loop -> empty.get());
    }

    /** Hands everything over. */
    void dispatch() {
        batches.forEach((loop, batch) -> {
            if (loop.equals(here)) {
                runHere(batch);
            } else {
                loop.execute(batch);
            }
        });
        batches.clear();
    }

    /** A mistake with one session is not one of the hop: other loops go on after it too. */
    private static void runHere(LoopBatch batch) {
        try {
            batch.run();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("A batch failed");
        }
    }
}
