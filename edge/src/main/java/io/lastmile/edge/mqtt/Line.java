package io.lastmile.edge.mqtt;

import io.lastmile.wire.hop.HopFrame.Deliver;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one session that wait until the socket has taken what was sent before them, in
 * order. Here an answer can still overtake them. One thread.
 */
final class Line {
    private @Nullable ArrayDeque<Waiting> waiting;

    private record Waiting(Deliver frame, long sinceMs) {}

    boolean isEmpty() {
        return waiting == null || waiting.isEmpty();
    }

    void add(Deliver frame, long nowMs) {
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        waiting.add(new Waiting(frame, nowMs));
    }

    /** The next one, with what is left of its time to live; null where none waits. */
    @Nullable Deliver poll(long nowMs) {
        Waiting next = waiting == null ? null : waiting.poll();
        return next == null
                ? null
                : next.frame.expiringIn(next.frame.expiresInMs() - (nowMs - next.sinceMs));
    }

    void clear() {
        waiting = null;
    }
}
