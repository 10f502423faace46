package io.lastmile.router.heart;

import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** Unsettled messages in the order of one of their times. */
final class Deadlines {
    private final ToLongFunction<Entry> timeMs;
    private final TreeSet<Entry> byTime;

    Deadlines(ToLongFunction<Entry> timeMs) {
        this.timeMs = timeMs;
        this.byTime =
                new TreeSet<>(
                        Comparator.comparingLong(timeMs).thenComparingLong(entry -> entry.offset));
    }

    void add(Entry entry) {
        byTime.add(entry);
    }

    void remove(Entry entry) {
        byTime.remove(entry);
    }

    /** Takes out, and hands out, each message whose time has come, at most so many. */
    void takeDue(long nowMs, int most, Consumer<Entry> action) {
        for (int i = 0; i < most; i++) {
            if (byTime.isEmpty() || timeMs.applyAsLong(byTime.getFirst()) > nowMs) {
                return;
            }
            action.accept(byTime.removeFirst());
        }
    }
}
