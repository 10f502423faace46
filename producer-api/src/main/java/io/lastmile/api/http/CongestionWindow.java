package io.lastmile.api.http;

import io.lastmile.node.Clock;
import io.lastmile.node.Shares;
import java.time.Duration;

/**
 * How many messages of batches may be on their way to Kafka at once: who posts more waits, so that
 * a Kafka, or a JVM, that is slow for a moment makes a batch slower, where otherwise its messages
 * would miss their deadline.
 *
 * <p>It begins small and grows by one for each message that is confirmed soon, so doubles with each
 * windowful, as that of TCP does (RFC 5681, section 3.1, slow start); only while it is made use of
 * (RFC 7661, section 4.3). Where a message takes long or has no answer it becomes half of what is
 * on its way, once for all that were. Callers are let in in turn. Any thread.
 */
final class CongestionWindow {
    static final int FIRST = 512;
    static final int LEAST = 256;
    static final int MOST = 16_384;

    private final Shares room = Shares.inTurns(FIRST);
    private final long soonNs;
    private final long longNs;
    private final Clock clock;
    private int size = FIRST; // guarded by this, as all below
    private long shrunkNs;

    /**
     * The first size.
     *
     * @param deadline of an answer: a quarter of it is soon, more than half of it is long
     */
    CongestionWindow(Duration deadline, Clock clock) {
        soonNs = deadline.toNanos() / 4;
        longNs = deadline.toNanos() / 2;
        this.clock = clock;
        shrunkNs = clock.nanoTime();
    }

    /**
     * Waits for a caller's turn and takes room for one message; false where that was not in time.
     */
    boolean await(String caller, Duration within) throws InterruptedException {
        return room.await(caller, 1, within);
    }

    /**
     * A message is no longer on its way.
     *
     * @param begunNs when it was handed over, by the clock
     * @param hasAnswer whether Kafka answered
     */
    void end(String caller, long begunNs, boolean hasAnswer) {
        learn(begunNs, hasAnswer);
        room.give(caller, 1);
    }

    /** The room of a message that says nothing of Kafka: it was not handed over. */
    void giveBack(String caller) {
        room.give(caller, 1);
    }

    private synchronized void learn(long begunNs, boolean hasAnswer) {
        long nowNs = clock.nanoTime();
        if (!hasAnswer || nowNs - begunNs > longNs) {
            if (begunNs - shrunkNs >= 0) {
                shrunkNs = nowNs;
                // Of what is on its way, which other bounds may keep far below the size.
                resize(Math.max(LEAST, Math.min(size, (int) room.taken()) / 2));
            }
        } else if (nowNs - begunNs <= soonNs && size < MOST && room.taken() > size / 2) {
            resize(size + 1);
        }
    }

    private synchronized void resize(int to) {
        size = to;
        room.resize(to);
    }

    /** How many may be on their way. */
    synchronized int size() {
        return size;
    }
}
