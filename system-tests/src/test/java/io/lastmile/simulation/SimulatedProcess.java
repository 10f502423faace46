package io.lastmile.simulation;

import io.lastmile.node.Clock;
import io.lastmile.node.kafka.OwnTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that may be killed, started again, paused and resumed. What was to happen in a killed
 * life never happens; what comes up during a pause happens after it, in order.
 */
abstract class SimulatedProcess {
    final World world;
    final String name;
    private final Clock clock =
            new Clock() {
                @Override
                public long nowMs() {
                    return world.agenda.nowMs() + clockErrorMs;
                }

                @Override
                public long nanoTime() {
                    return TimeUnit.MILLISECONDS.toNanos(world.agenda.nowMs());
                }
            };
    private final List<Runnable> deferred = new ArrayList<>();
    private OwnTime time;
    private long clockErrorMs;
    private int life;
    private boolean alive;
    private boolean paused;
    private long returnsAtMs;
    private long beatsLateUntilMs;
    private long lastBeatMs;

    SimulatedProcess(World world, String name) {
        this.world = world;
        this.name = name;
        this.time = new OwnTime(clock);
        if (world.plan.has(Trait.PROCESS_CLOCKS)) {
            setClock();
        }
    }

    /** Its machine's clock is set, rightly or wrongly. */
    final void setClock() {
        clockErrorMs = world.chance.between(-60_000, 60_000);
    }

    /** What its machine's clock says, and this decides nothing. */
    final long wallMs() {
        return clock.nowMs();
    }

    /** Its time: of the broker that took its last heartbeat, and monotonic since. */
    final long nowMs() {
        return world.has(Mutant.WALL_CLOCK_DECIDES) ? wallMs() : time.nowMs();
    }

    /** Nodes has its heartbeat. */
    final void heartbeatConfirmed(long appendedAtMs) {
        time.confirmed(appendedAtMs, clock.nanoTime());
    }

    final boolean hasOwnTime() {
        return time.isKnown();
    }

    final boolean confirmedWithin(Duration limit) {
        return time.confirmedWithin(limit);
    }

    /** Its client notices only then that Kafka is back. */
    final void returnsAt(long atMs) {
        returnsAtMs = atMs;
    }

    /** Its heartbeats come late for so long. */
    final void beatLate(long forMs) {
        beatsLateUntilMs = world.agenda.nowMs() + forMs;
    }

    /** Appends a heartbeat, behind the one before. */
    final void appendBeat(Runnable append) {
        long nowMs = world.agenda.nowMs();
        long lateMs = nowMs < beatsLateUntilMs ? world.chance.between(300, 2_500) : 0;
        long atMs = Math.max(Math.max(nowMs + lateMs, returnsAtMs), lastBeatMs);
        lastBeatMs = atMs;
        if (atMs == nowMs) {
            world.kafka.append(append);
        } else {
            world.agenda.at(atMs, () -> world.kafka.append(append));
        }
    }

    final boolean isAlive() {
        return alive;
    }

    /** Counts its lives. */
    final int life() {
        return life;
    }

    final boolean isPaused() {
        return paused;
    }

    final boolean isServing() {
        return alive && !paused;
    }

    /** The action as something that happens in this life of the process, or not at all. */
    final Runnable here(Runnable action) {
        int planned = life;
        return () -> {
            if (!alive || planned != life) {
                return;
            }
            if (paused) {
                deferred.add(here(action));
            } else {
                action.run();
            }
        };
    }

    final void later(long minMs, long maxMs, Runnable action) {
        world.agenda.after(world.chance.between(minMs, maxMs), here(action));
    }

    final void start() {
        life++;
        time = new OwnTime(clock);
        alive = true;
        paused = false;
        world.trace.note(() -> name + " starts");
        started();
    }

    final void kill() {
        world.trace.note(() -> name + " is killed");
        alive = false;
        deferred.clear();
        killed();
    }

    /** Ends by itself: nothing of it is lost. */
    final void stop() {
        world.trace.note(() -> name + " stops");
        alive = false;
        deferred.clear();
    }

    final void pause() {
        world.trace.note(() -> name + " is paused");
        paused = true;
    }

    final void resume() {
        world.trace.note(() -> name + " is resumed");
        paused = false;
        List<Runnable> now = List.copyOf(deferred);
        deferred.clear();
        resumed();
        now.forEach(Runnable::run); // before anything that comes up from now on
    }

    abstract void started();

    abstract void killed();

    void resumed() {}
}
