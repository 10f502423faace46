package io.lastmile.bench.micro;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is measured.
 *
 * @param patterns regular expressions, of which one is found in a benchmark's name; none for all
 * @param quick whether only to see that everything runs: the figures say nothing
 */
public record MicroOptions(List<String> patterns, boolean quick) {
    public MicroOptions {
        patterns = List.copyOf(patterns);
    }

    /** JVMs for each benchmark, one after the other: each compiles a little differently. */
    int forks() {
        return quick ? 1 : 2;
    }

    /** Of the warm-up, and as many that count. */
    int iterations() {
        return quick ? 1 : 3;
    }

    /** How long each of them takes. */
    int iterationMs() {
        return quick ? 50 : 1_000;
    }

    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("patterns", patterns);
        settings.put("forks", forks());
        settings.put("iterations", iterations());
        settings.put("iteration_ms", iterationMs());
        settings.put("flags", MicroBench.FLAGS);
        return settings;
    }
}
