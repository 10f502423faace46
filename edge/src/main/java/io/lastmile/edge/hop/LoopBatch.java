package io.lastmile.edge.hop;

import io.lastmile.edge.session.Life;
import io.lastmile.edge.session.Session;
import io.lastmile.node.Clock;
import io.lastmile.wire.hop.HopFrame.ForSession;
import io.lastmile.wire.hop.HopFrame.NotHere;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Frames of one read of a hop for sessions of one event loop, handled there in their order. Whether
 * their sender is the owner is decided there too: a loop that has answered a new owner takes
 * nothing more from the one before.
 */
final class LoopBatch implements Runnable {
    private final Life life;
    private final long connection;
    private final Clock clock;
    private final HopMetrics metrics;
    private final Consumer<NotHere> answer;
    private final List<ForSession> frames = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();

    LoopBatch(
            Life life, long connection, Clock clock, HopMetrics metrics, Consumer<NotHere> answer) {
        this.life = life;
        this.connection = connection;
        this.clock = clock;
        this.metrics = metrics;
        this.answer = answer;
    }

    void add(ForSession frame, Session session) {
        frames.add(frame);
        sessions.add(session);
    }

    @Override
    public void run() {
        long nowMs = clock.nowMs();
        for (int i = 0; i < frames.size(); i++) {
            ForSession frame = frames.get(i);
            Session session = sessions.get(i);
            if (!life.ownership().isCurrent(frame.partition(), frame.epoch(), connection)) {
                metrics.outdated();
                continue;
            }
            NotHere notHere = session.heart().take(session, frame, nowMs);
            if (notHere != null) {
                answer.accept(notHere);
            }
        }
        for (Session session : sessions) {
            session.heart().flush(nowMs); // does nothing for one that comes again
        }
    }
}
