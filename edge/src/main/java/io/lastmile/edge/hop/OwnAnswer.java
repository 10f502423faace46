package io.lastmile.edge.hop;

import io.lastmile.edge.session.Life;
import io.lastmile.edge.session.Session;
import io.lastmile.edge.socket.Connection;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.hop.HopFrame.Own;
import io.lastmile.wire.hop.HopFrame.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The answer to one {@link Own} that was not refused: each event loop lists its own sessions, in a
 * task behind everything that a former owner may still have queued there.
 */
final class OwnAnswer {
    private final Life life;
    private final Own own;
    private final long highestIssued;
    private final AtomicInteger loopsLeft;
    private final ConcurrentLinkedQueue<List<HeldSession>> parts = new ConcurrentLinkedQueue<>();
    private final Consumer<List<Sessions>> done;

    private OwnAnswer(Life life, Own own, int loops, Consumer<List<Sessions>> done) {
        this.life = life;
        this.own = own;
        this.done = done;
        this.loopsLeft = new AtomicInteger(loops);
        // Before the loops are asked: a number that is issued later is above what is promised.
        this.highestIssued = life.sessions().highestIssued();
    }

    /**
     * Asks every loop.
     *
     * @param done is given the frames, on the loop that answers last
     */
    static void collect(Life life, Own own, List<Executor> loops, Consumer<List<Sessions>> done) {
        OwnAnswer answer = new OwnAnswer(life, own, loops.size(), done);
        for (Executor loop : loops) {
            loop.execute(() -> answer.collectOn(loop));
        }
    }

    private void collectOn(Executor loop) {
        List<HeldSession> held = new ArrayList<>();
        for (Session session : life.sessions().inPartition(own.partition())) {
            if (Connection.of(session.heart().link()).loop().equals(loop)) {
                held.add(session.held());
            }
        }
        parts.add(held);
        if (loopsLeft.decrementAndGet() == 0) {
            done.accept(frames());
        }
    }

    private List<Sessions> frames() {
        List<HeldSession> all = new ArrayList<>();
        parts.forEach(all::addAll);
        return frames(own, highestIssued, all);
    }

    /** The sessions in frames of bounded size, at least one frame. */
    static List<Sessions> frames(Own own, long highestIssued, List<HeldSession> all) {
        List<Sessions> frames = new ArrayList<>();
        int from = 0;
        do {
            int to = Math.min(all.size(), from + Sessions.SESSIONS_MAX);
            frames.add(
                    new Sessions(
                            own.partition(),
                            own.epoch(),
                            own.exchange(),
                            false,
                            highestIssued,
                            to == all.size(),
                            all.subList(from, to)));
            from = to;
        } while (from < all.size());
        return frames;
    }
}
