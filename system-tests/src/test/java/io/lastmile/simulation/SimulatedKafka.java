package io.lastmile.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** The brokers as their clients see them: slow, now and then away, never wrong. */
final class SimulatedKafka {
    private static final int BROKERS = 3;
    private static final long CLOCK_ERROR_MS = 1_000;

    private final Agenda agenda;
    private final Chance chance;
    private final List<Runnable> waiting = new ArrayList<>();
    private final List<Leader> leaders = new ArrayList<>();
    private final long[] clockErrorMsByBroker = new long[BROKERS];
    private boolean up = true;
    private int slowness = 1;

    /** Which broker leads a log. */
    private static final class Leader {
        private int broker;
    }

    /**
     * Brokers.
     *
     * @param clocksAgree whether they all have the same time
     */
    SimulatedKafka(Agenda agenda, Chance chance, boolean clocksAgree) {
        this.agenda = agenda;
        this.chance = chance;
        for (int i = 0; i < BROKERS && !clocksAgree; i++) {
            clockErrorMsByBroker[i] = chance.between(-CLOCK_ERROR_MS, CLOCK_ERROR_MS);
        }
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
        Leader leader = new Leader();
        leaders.add(leader);
        return () -> agenda.nowMs() + clockErrorMsByBroker[leader.broker];
    }

    /** Other brokers lead. */
    void moveLeaders() {
        leaders.forEach(leader -> leader.broker = chance.count(0, BROKERS - 1));
    }

    /** By how much a broker's clock may be wrong. */
    long clockErrorMs() {
        long most = 0;
        for (long errorMs : clockErrorMsByBroker) {
            most = Math.max(most, Math.abs(errorMs));
        }
        return most;
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
        askEnd(log::end, asking, answer);
    }

    /** The same of whatever stands in it, committed or not. */
    void askHighEnd(SimulatedLog<?> log, SimulatedProcess asking, LongConsumer answer) {
        askEnd(log::highEnd, asking, answer);
    }

    private void askEnd(LongSupplier end, SimulatedProcess asking, LongConsumer answer) {
        boolean slow = chance.percent(slowness > 1 ? 50 : 8);
        eventually(
                0,
                slow ? 2_500 : 10,
                () -> {
                    long found = end.getAsLong();
                    agenda.after(chance.between(0, 10), asking.here(() -> answer.accept(found)));
                });
    }
}
