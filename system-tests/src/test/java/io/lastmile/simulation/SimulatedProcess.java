package io.lastmile.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * A process that may be killed, started again, paused and resumed. What was to happen in a killed
 * life never happens; what comes up during a pause happens after it, in order.
 */
abstract class SimulatedProcess {
    final World world;
    final String name;
    private final List<Runnable> deferred = new ArrayList<>();
    private int life;
    private boolean alive;
    private boolean paused;

    SimulatedProcess(World world, String name) {
        this.world = world;
        this.name = name;
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
