package io.lastmile.router.ownership;

import io.lastmile.wire.Incarnation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts, in the order of the nodes topic, this router's own scheduled heartbeats since the last
 * one of each other node. Only order decides: while Kafka stands still, nobody's count moves.
 *
 * <p>After a pause nodes come back at different moments. An own heartbeat that was appended much
 * later than due therefore sets all counts to zero, and counting goes on a while later. Fed by one
 * thread.
 */
public final class Liveness {
    /** How long nodes have to come back after a pause of Kafka, in ms. */
    static final long PAUSE_GRACE_MS = 5_000;

    private static final long NEVER = Long.MIN_VALUE;

    private final int goneAfter;
    private final long intervalMs;
    private final Map<Incarnation, Integer> ownBeatsSince = new HashMap<>();
    private @Nullable Incarnation self;
    private long lastSequence;
    private long lastOwnMs = NEVER;
    private long countsFromMs = NEVER;

    /**
     * Nothing seen yet.
     *
     * @param goneAfter own heartbeats with none of another's between them, 2 or more
     * @param intervalMs from one own heartbeat to the next
     */
    public Liveness(int goneAfter, long intervalMs) {
        this.goneAfter = goneAfter;
        this.intervalMs = intervalMs;
    }

    /** A heartbeat of another node was read, scheduled or not. */
    public void otherBeat(Incarnation other) {
        ownBeatsSince.put(other, 0);
    }

    /** Another node is gone or has left: nothing is counted for it any more. */
    public void left(Incarnation other) {
        ownBeatsSince.remove(other);
    }

    /**
     * A heartbeat of this router was read: who is silent for too long. Whoever stays so is named
     * again after as long, since the word about it may not have been written. A heartbeat out of
     * turn carries the sequence of the last scheduled one, and does not count.
     *
     * @param appendedAtMs by the broker, since the epoch
     */
    public List<Incarnation> ownBeat(Incarnation own, long sequence, long appendedAtMs) {
        boolean isOutOfTurn = own.equals(self) && sequence <= lastSequence;
        if (isOutOfTurn) {
            return List.of();
        }
        boolean isFirst = !own.equals(self); // of this process, or since it was declared gone
        ownBeatsSince.remove(own); // read as another's before this router knew it for its own
        self = own;
        lastSequence = sequence;
        long sinceMs = appendedAtMs - lastOwnMs;
        lastOwnMs = appendedAtMs;
        if (isFirst) {
            ownBeatsSince.replaceAll((_, _) -> 0);
            return List.of();
        }
        if (sinceMs < 0 || sinceMs > 2 * intervalMs) { // a pause, or a leader with another clock
            ownBeatsSince.replaceAll((_, _) -> 0);
            countsFromMs = appendedAtMs + PAUSE_GRACE_MS;
        }
        if (!isCounting()) {
            return List.of();
        }
        ownBeatsSince.replaceAll((_, count) -> count + 1);
        return ownBeatsSince.entrySet().stream()
                .filter(entry -> entry.getValue() > 0 && entry.getValue() % goneAfter == 0)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Whether silence counts: not in the first moments after a pause of Kafka. */
    public boolean isCounting() {
        return lastOwnMs >= countsFromMs;
    }
}
