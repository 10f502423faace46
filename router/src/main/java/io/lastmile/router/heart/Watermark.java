package io.lastmile.router.heart;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * The reading position of messages and the lowest offset below it that is neither settled nor
 * parked. What is settled above that offset is remembered, so that a restart does not do it again.
 */
final class Watermark {
    private final ArrayDeque<Entry> unparked = new ArrayDeque<>();
    private final SettledOffsets settledAbove;
    private long next;
    private long lowest;

    Watermark(Positions restored) {
        next = restored.watermark();
        lowest = restored.watermark();
        settledAbove = new SettledOffsets(lowest);
        for (long offset : restored.settledAbove()) {
            settled(offset); // some are below it where retention took what was to be read next
        }
    }

    /** The next offset of messages to be read. */
    long next() {
        return next;
    }

    void readTo(long nextOffset) {
        next = Math.max(next, nextOffset);
    }

    /** A message that holds the watermark back until it is settled or parked. */
    void add(Entry entry) {
        unparked.addLast(entry);
    }

    void settled(long offset) {
        if (offset >= lowest) {
            settledAbove.add(offset);
        }
    }

    boolean isSettled(long offset) {
        return offset < lowest || settledAbove.contains(offset);
    }

    /**
     * Hands out each message that was read at or before the time and still holds the watermark
     * back.
     */
    void forEachReadBefore(long timeMs, Consumer<Entry> action) {
        for (Entry entry : unparked) {
            if (entry.facts.routedAtMs() > timeMs) {
                return;
            }
            if (!entry.isSettled() && !entry.isParked()) {
                action.accept(entry);
            }
        }
    }

    /** Whether a message that was read at or before the time still holds the watermark back. */
    boolean isHeldSince(long timeMs) {
        advance();
        return !unparked.isEmpty() && unparked.getFirst().facts.routedAtMs() <= timeMs;
    }

    /** Moves the watermark as far as it may go. */
    long advance() {
        while (!unparked.isEmpty()
                && (unparked.getFirst().isSettled() || unparked.getFirst().isParked())) {
            unparked.removeFirst();
        }
        lowest = unparked.isEmpty() ? next : unparked.getFirst().offset;
        settledAbove.forgetBelow(lowest);
        return lowest;
    }

    /** The settled offsets above the watermark, rising. */
    long[] settledAbove() {
        return settledAbove.rising();
    }
}
