package io.lastmile.router.heart;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * The reading position of messages and the lowest offset below it that is neither settled nor
 * parked. What is settled above that offset is remembered, so that a restart does not do it again.
 */
final class Watermark {
    /** What is read within so many ms counts as read at once. */
    private static final long GRAIN_MS = 50;

    private final ArrayDeque<Entry> unparked = new ArrayDeque<>();
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private final SettledOffsets settledAbove;
    private final Now now;
    private final long parkAfterMs;
    private long next;
    private long lowest;

    /** From this offset on nothing was read before that time. */
    private record Mark(long offset, long atMs) {}

    /**
     * As restored.
     *
     * @param parkAfterMs how long a message may hold it back
     */
    Watermark(Positions restored, Now now, long parkAfterMs) {
        this.now = now;
        this.parkAfterMs = parkAfterMs;
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
        if (nextOffset > next) {
            long nowMs = now.monotonicMs();
            if (marks.isEmpty() || nowMs - marks.getLast().atMs >= GRAIN_MS) {
                marks.addLast(new Mark(next, nowMs));
            }
            next = nextOffset;
        }
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

    /** Hands out each message that has held the watermark back for too long. */
    void forEachHeldTooLong(Consumer<Entry> action) {
        long end = heldTooLongBelow();
        for (Entry entry : unparked) {
            if (entry.offset >= end) {
                return;
            }
            if (!entry.isSettled() && !entry.isParked()) {
                action.accept(entry);
            }
        }
    }

    /** Whether a message has held the watermark back for too long. */
    boolean isHeldTooLong() {
        advance();
        return !unparked.isEmpty() && unparked.getFirst().offset < heldTooLongBelow();
    }

    private long heldTooLongBelow() {
        while (!marks.isEmpty() && marks.getFirst().atMs <= now.monotonicMs() - parkAfterMs) {
            marks.removeFirst();
        }
        return marks.isEmpty() ? next : marks.getFirst().offset;
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
