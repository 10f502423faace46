package io.lastmile.edge.session;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one session that wait until the socket has taken what was sent before them, in
 * order. Here an answer can still overtake them. One thread.
 */
final class Line {
    /** Short messages go to the socket together; what is more waits until it has taken these. */
    private static final int BATCH_BYTES = 16 << 10;

    private @Nullable ArrayDeque<Waiting> waiting;
    private boolean full;
    private int batchBytes;

    private record Waiting(Given given, long sinceMs) {}

    boolean isEmpty() {
        return waiting == null || waiting.isEmpty();
    }

    /** Whether the socket has yet to take what was flushed. */
    boolean isFull() {
        return full;
    }

    /** A message was written; flushed it is not. */
    void wrote(int bytes) {
        batchBytes += bytes;
    }

    /** Whether enough is written for one flush. */
    boolean isBatch() {
        return batchBytes >= BATCH_BYTES;
    }

    /** What was written is flushed: whether the socket has taken all of it. */
    void flushed(boolean all) {
        batchBytes = 0;
        full = !all;
    }

    void add(Given one, long nowMs) {
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        waiting.add(new Waiting(one, nowMs));
    }

    /** The next one, with what is left of its time to live; null where none waits. */
    @Nullable Given poll(long nowMs) {
        Waiting next = waiting == null ? null : waiting.poll();
        return next == null
                ? null
                : next.given.expiringIn(next.given.expiresInMs() - (nowMs - next.sinceMs));
    }

    void clear() {
        waiting = null;
    }
}
