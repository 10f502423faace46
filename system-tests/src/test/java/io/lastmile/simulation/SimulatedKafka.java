package io.lastmile.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** The brokers as their clients see them: slow, now and then away, never wrong. */
final class SimulatedKafka {
    private final Agenda agenda;
    private final Chance chance;
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean up = true;
    private int slowness = 1;

    SimulatedKafka(Agenda agenda, Chance chance) {
        this.agenda = agenda;
        this.chance = chance;
    }

    boolean isUp() {
        return up;
    }

    /** From now on nothing is appended, read or answered. */
    void stop() {
        up = false;
    }

    /** All that was asked for meanwhile is done now, in some order. */
    void resume() {
        up = true;
        List<Runnable> retried = List.copyOf(waiting);
        waiting.clear();
        retried.forEach(action -> eventually(1, 200, action));
    }

    /** Appends take so many times as long as usual. */
    void slowness(int times) {
        slowness = times;
    }

    /** The clock of the broker that leads a log. */
    LongSupplier brokerClock() {
        return agenda::nowMs;
    }

    /** By how much a broker's clock may be wrong. */
    long clockErrorMs() {
        return 0;
    }

    /** Done by a broker after a while, and retried while there is none. */
    void eventually(long minMs, long maxMs, Runnable action) {
        agenda.after(
                chance.between(minMs, maxMs),
                () -> {
                    if (up) {
                        action.run();
                    } else {
                        waiting.add(action);
                    }
                });
    }

    /** The same for an append. */
    void append(Runnable action) {
        eventually(1, 8L * slowness, action);
    }

    /** The end of a log at some moment between the question and the answer. */
    void askEnd(SimulatedLog<?> log, SimulatedProcess asking, LongConsumer answer) {
        boolean slow = chance.percent(8);
        eventually(
                0,
                slow ? 2_500 : 10,
                () -> {
                    long end = log.end();
                    agenda.after(chance.between(0, 10), asking.here(() -> answer.accept(end)));
                });
    }
}
