package io.lastmile.simulation;

import java.util.PriorityQueue;

/** What is to happen, ordered by time and then by when it was put there. It is the only clock. */
final class Agenda {
    private final PriorityQueue<Item> items = new PriorityQueue<>();
    private long nowMs;
    private long sequence;

    private record Item(long atMs, long sequence, Runnable action) implements Comparable<Item> {
        @Override
        public int compareTo(Item other) {
            return atMs != other.atMs
                    ? Long.compare(atMs, other.atMs)
                    : Long.compare(sequence, other.sequence);
        }
    }

    Agenda(long startMs) {
        nowMs = startMs;
    }

    /** Simulated ms since the epoch. */
    long nowMs() {
        return nowMs;
    }

    /** How many steps have been put here. */
    long sequence() {
        return sequence;
    }

    void at(long atMs, Runnable action) {
        items.add(new Item(Math.max(atMs, nowMs), sequence++, action));
    }

    void after(long delayMs, Runnable action) {
        at(nowMs + delayMs, action);
    }

    /** Does what comes next. There is always something: nodes never stop ticking. */
    void step() {
        Item next = items.remove();
        nowMs = next.atMs;
        next.action.run();
    }
}
