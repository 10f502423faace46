package io.lastmile.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Room that callers share, so that none of them takes what the others need.
 *
 * <p>The rule: a caller gets more only as long as he then holds at most twice what was left for
 * everybody. So one alone has two thirds; whoever comes next finds a third, and leaves a third of
 * that. As what is held is given back and asked for again, n that want all come to have two
 * (2n+1)th parts each, and one part is always free. Nobody has to know how many callers there are.
 * (It is the dynamic threshold by which switches share their buffers between ports.)
 *
 * <p>Who waits is served in turn by caller, not by arrival: a thousand requests of one caller are
 * in front of nobody else's first. Who holds nothing goes first and is never passed by.
 *
 * <p>Where what is taken comes back within moments, {@linkplain #inTurns turns} alone are enough,
 * and one alone may have all.
 *
 * <p>What is shared may be bytes, streams, requests: anything that is counted. Any thread.
 */
public final class Shares {
    private static final int TIMES_WHAT_IS_LEFT = 2;

    /** Somebody who waits for a piece; both are told by the semaphore. */
    private record Waiting(long amount, Semaphore granted) {}

    private final boolean isCapped;

    // Guarded by this.
    private long size;
    private long taken;
    private final Map<String, Long> takenByCaller = new HashMap<>();
    private final SequencedMap<String, Deque<Waiting>> waitingByCaller = new LinkedHashMap<>();

    /** Room for so much. */
    public Shares(long size) {
        this(size, true);
    }

    private Shares(long size, boolean isCapped) {
        this.size = size;
        this.isCapped = isCapped;
    }

    /** Room for so much, of which one alone may have all; who waits is served in turn. */
    public static Shares inTurns(long size) {
        return new Shares(size, false);
    }

    /** Takes so much for a caller; false where that is more than he may have now. */
    public synchronized boolean take(String caller, long amount) {
        if (!hasRoom(caller, amount)) {
            return false;
        }
        add(caller, amount);
        return true;
    }

    /** Whether a caller would be given so much right now. */
    public synchronized boolean hasRoom(String caller, long amount) {
        long held = takenByCaller.getOrDefault(caller, 0L);
        long left = size - taken;
        return amount <= left && (!isCapped || held + amount <= TIMES_WHAT_IS_LEFT * left);
    }

    /** Takes so much as soon as it is a caller's turn; false where that was not in time. */
    public boolean await(String caller, long amount, Duration within) throws InterruptedException {
        Waiting waiting;
        synchronized (this) {
            if (waitingByCaller.isEmpty() && take(caller, amount)) {
                return true;
            }
            waiting = new Waiting(amount, new Semaphore(0));
            waitingByCaller.computeIfAbsent(caller, _ -> new ArrayDeque<>()).add(waiting);
            grant(); // others may wait for what they cannot have
        }
        boolean isGranted = false;
        try {
            isGranted = waiting.granted.tryAcquire(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            if (!leave(caller, waiting)) {
                give(caller, amount); // granted in the same moment
            }
            throw e;
        }
        return isGranted || !leave(caller, waiting);
    }

    /** No longer waits; false where it was granted already. */
    private synchronized boolean leave(String caller, Waiting waiting) {
        Deque<Waiting> queue = waitingByCaller.get(caller);
        if (queue == null || !queue.remove(waiting)) {
            return false;
        }
        if (queue.isEmpty()) {
            waitingByCaller.remove(caller);
        }
        grant(); // it may have been the one that nobody passes by
        return true;
    }

    /** Gives back what a caller took, or a part of it. */
    public synchronized void give(String caller, long amount) {
        taken -= amount;
        takenByCaller.computeIfPresent(
                caller, (_, held) -> held <= amount ? null : Long.valueOf(held - amount));
        grant();
    }

    /** Makes it larger or smaller; nothing is taken away from who holds it. */
    public synchronized void resize(long newSize) {
        size = newSize;
        grant();
    }

    private void grant() {
        for (String next = next(); next != null; next = next()) {
            Deque<Waiting> queue = Objects.requireNonNull(waitingByCaller.remove(next));
            Waiting first = queue.removeFirst();
            add(next, first.amount);
            first.granted.release();
            if (!queue.isEmpty()) {
                waitingByCaller.put(next, queue); // its next turn is behind all others'
            }
        }
    }

    /** Whose turn it is; null where nobody who waits can be given anything. */
    private @Nullable String next() {
        for (Map.Entry<String, Deque<Waiting>> waiting : waitingByCaller.entrySet()) {
            String caller = waiting.getKey();
            if (hasRoom(caller, waiting.getValue().getFirst().amount)) {
                return caller;
            }
            if (!takenByCaller.containsKey(caller)) {
                return null; // what is left gathers for it
            }
        }
        return null;
    }

    private void add(String caller, long amount) {
        taken += amount;
        takenByCaller.merge(caller, amount, Long::sum);
    }

    /** How much there is in all. */
    public synchronized long size() {
        return size;
    }

    /** How much is taken. */
    public synchronized long taken() {
        return taken;
    }
}
