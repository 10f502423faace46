package io.lastmile.api.http;

import io.lastmile.node.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many messages of batches may be on their way to Kafka at once: who posts more waits, so that
 * a Kafka, or a JVM, that is slow for a moment makes a batch slower, where otherwise its messages
 * would miss their deadline.
 *
 * <p>It begins small and grows by one for each message that is confirmed soon, so doubles with each
 * windowful, as that of TCP does (RFC 5681, section 3.1, slow start); only while it is made use of
 * (RFC 7661, section 4.3). It is halved where a message takes long or has no answer, once for all
 * that were on their way. Any thread.
 */
final class CongestionWindow {
    static final int FIRST = 512;
    static final int LEAST = 256;
    static final int MOST = 16_384;

    /** Those who wait are let in in the order in which they came. */
    private final Semaphore free = new Semaphore(FIRST, true);

    private final long soonNs;
    private final long longNs;
    private final Clock clock;
    private int size = FIRST; // guarded by this, as all below
    private int surplus; // on their way when it shrank, beyond what it is now
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

    /** Waits for room for one message and takes it; false where there was none in time. */
    boolean await(Duration within) throws InterruptedException {
        return free.tryAcquire(within.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * A message is no longer on its way.
     *
     * @param begunNs when it was handed over, by the clock
     * @param hasAnswer whether Kafka answered
     */
    void end(long begunNs, boolean hasAnswer) {
        int room = roomAfter(begunNs, hasAnswer);
        if (room > 0) {
            free.release(room);
        }
    }

    private synchronized int roomAfter(long begunNs, boolean hasAnswer) {
        long nowNs = clock.nanoTime();
        int room = 1;
        if (!hasAnswer || nowNs - begunNs > longNs) {
            if (begunNs - shrunkNs >= 0) {
                shrunkNs = nowNs;
                shrink();
            }
        } else if (nowNs - begunNs <= soonNs && size < MOST && isInUse()) {
            size++;
            room++;
        }
        int kept = Math.min(room, surplus);
        surplus -= kept;
        return room - kept;
    }

    private void shrink() {
        int smaller = Math.max(LEAST, size / 2);
        surplus += size - smaller;
        size = smaller;
        int unused = Math.min(surplus, free.availablePermits());
        if (free.tryAcquire(unused)) {
            surplus -= unused;
        }
    }

    private boolean isInUse() {
        return free.availablePermits() < size / 2;
    }

    /** How many may be on their way. */
    synchronized int size() {
        return size;
    }
}
