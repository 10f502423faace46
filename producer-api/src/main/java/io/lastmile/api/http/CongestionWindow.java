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
 * (RFC 7661, section 4.3). Where a message takes long or has no answer it becomes half of what is
 * on its way, once for all that were. Any thread.
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
        free.release(roomAfter(begunNs, hasAnswer));
    }

    /** The room of a message that says nothing of Kafka: it was not handed over. */
    void giveBack() {
        free.release(withoutSurplus(1));
    }

    private synchronized int roomAfter(long begunNs, boolean hasAnswer) {
        long nowNs = clock.nanoTime();
        if (!hasAnswer || nowNs - begunNs > longNs) {
            if (begunNs - shrunkNs >= 0) {
                shrunkNs = nowNs;
                shrink();
            }
        } else if (nowNs - begunNs <= soonNs && size < MOST && isInUse()) {
            size++;
            return withoutSurplus(2);
        }
        return withoutSurplus(1);
    }

    /** To half of what is on its way, which other bounds may keep far below the size. */
    private void shrink() {
        int unused = free.availablePermits();
        int underWay = size + surplus - unused;
        int smaller = Math.max(LEAST, Math.min(size, underWay) / 2);
        surplus += size - smaller;
        size = smaller;
        int tooMany = Math.min(surplus, unused);
        if (free.tryAcquire(tooMany)) {
            surplus -= tooMany;
        }
    }

    private synchronized int withoutSurplus(int room) {
        int kept = Math.min(room, surplus);
        surplus -= kept;
        return room - kept;
    }

    private boolean isInUse() {
        return free.availablePermits() < size / 2;
    }

    /** How many may be on their way. */
    synchronized int size() {
        return size;
    }
}
