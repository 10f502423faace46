package io.lastmile.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What happened, boiled down to one hash: two runs of a seed have the same. Lines for people are
 * made and kept only where somebody wants to read them.
 */
final class Trace {
    private final Agenda agenda;
    private final boolean keeping;
    private final long startMs;
    private final List<String> lines = new ArrayList<>();
    private long hash = 1;

    Trace(Agenda agenda, boolean keeping) {
        this.agenda = agenda;
        this.keeping = keeping;
        this.startMs = agenda.nowMs();
    }

    /**
     * Notes a line, which is made only where lines are kept: the hash takes when, and after what.
     */
    void note(Supplier<String> line) {
        hash = (hash * 31 + agenda.sequence()) * 31 + agenda.nowMs();
        if (keeping) {
            long ms = agenda.nowMs() - startMs;
            lines.add("%4d.%03d %s".formatted(ms / 1_000, ms % 1_000, line.get()));
        }
    }

    long hash() {
        return hash;
    }

    List<String> lines() {
        return lines;
    }
}
