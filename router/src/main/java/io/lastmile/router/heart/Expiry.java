package io.lastmile.router.heart;

import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Unsettled messages in the order in which their time to live ends. */
final class Expiry {
    private final TreeSet<Entry> byTime =
            new TreeSet<>(
                    Comparator.comparingLong((Entry entry) -> entry.facts.expiresAtMs())
                            .thenComparingLong(entry -> entry.offset));

    void add(Entry entry) {
        byTime.add(entry);
    }

    void remove(Entry entry) {
        byTime.remove(entry);
    }

    /** Takes out, and hands out, each message whose time is over. */
    void takeDue(long nowMs, Consumer<Entry> action) {
        while (!byTime.isEmpty() && byTime.getFirst().facts.expiresAtMs() <= nowMs) {
            action.accept(byTime.removeFirst());
        }
    }
}
