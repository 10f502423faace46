package io.lastmile.simulation;

import java.util.Map;
import java.util.TreeMap;

/** How often what happened in a run, for people and for the test that asks whether it happened. */
final class Figures {
    private final TreeMap<String, Long> counts = new TreeMap<>();

    void count(String name) {
        add(name, 1);
    }

    void add(String name, long count) {
        counts.merge(name, count, Long::sum);
    }

    Map<String, Long> all() {
        return Map.copyOf(counts);
    }
}
