package io.lastmile.edge.hop;

import io.lastmile.edge.session.Broadcast;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.session.Session;
import io.lastmile.node.Clock;
import io.lastmile.wire.hop.HopFrame.ForSession;
import io.lastmile.wire.hop.HopFrame.NotHere;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
    private final Consumer<List<NotHere>> answer;
    private final List<Work> works = new ArrayList<>();

    /** What one frame wants of this loop. */
    private sealed interface Work {}

    private record One(ForSession frame, Session session) implements Work {}

    /** A broadcast and its recipients here. */
    private static final class Many implements Work {
        private final Broadcast broadcast;
        private final List<Session> sessions = new ArrayList<>();
        private int[] members = new int[8];

        Many(Broadcast broadcast) {
            this.broadcast = broadcast;
        }

        void add(Session session, int member) {
            if (sessions.size() == members.length) {
                members = Arrays.copyOf(members, 2 * members.length);
            }
            members[sessions.size()] = member;
            sessions.add(session);
        }
    }

    LoopBatch(
            Life life,
            long connection,
            Clock clock,
            HopMetrics metrics,
            Consumer<List<NotHere>> answer) {
        this.life = life;
        this.connection = connection;
        this.clock = clock;
        this.metrics = metrics;
        this.answer = answer;
    }

    void add(ForSession frame, Session session) {
        works.add(new One(frame, session));
    }

    /** A recipient of a broadcast; those of one broadcast come one after the other. */
    @SuppressWarnings("ReferenceEquality") // this very frame is meant
    void add(Broadcast broadcast, Session session, int member) {
        Many many =
                !works.isEmpty()
                                && works.getLast() instanceof Many last
                                && last.broadcast == broadcast
                        ? last
                        : null;
        if (many == null) {
            many = new Many(broadcast);
            works.add(many);
        }
        many.add(session, member);
    }

    @Override
    public void run() {
        long nowMs = clock.nowMs();
        List<NotHere> notHere = new ArrayList<>(0);
        for (Work work : works) {
            switch (work) {
                case One(var frame, var session) -> {
                    if (isCurrent(frame.partition(), frame.epoch())) {
                        addIfAny(notHere, session.heart().take(session, frame, nowMs));
                    }
                }
                case Many many -> give(many, notHere, nowMs);
            }
        }
        for (Work work : works) { // a flush does nothing for a session that comes again
            switch (work) {
                case One(_, var session) -> session.heart().flush(nowMs);
                case Many many -> many.sessions.forEach(one -> one.heart().flush(nowMs));
            }
        }
        if (!notHere.isEmpty()) {
            answer.accept(notHere);
        }
    }

    private void give(Many many, List<NotHere> notHere, long nowMs) {
        if (!isCurrent(many.broadcast.frame().partition(), many.broadcast.frame().epoch())) {
            return;
        }
        for (int i = 0; i < many.sessions.size(); i++) {
            Session session = many.sessions.get(i);
            addIfAny(
                    notHere, session.heart().take(session, many.broadcast, many.members[i], nowMs));
        }
    }

    private static void addIfAny(List<NotHere> all, @Nullable NotHere one) {
        if (one != null) {
            all.add(one);
        }
    }

    private boolean isCurrent(int partition, long epoch) {
        boolean current = life.ownership().isCurrent(partition, epoch, connection);
        if (!current) {
            metrics.outdated();
        }
        return current;
    }
}
