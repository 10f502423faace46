package io.lastmile.node;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The work that a process does again and again, and whether it still does it: what {@code
 * /health/ready} and {@code /health/live} ask. Any thread.
 */
public final class Tasks {
    private final Metrics metrics;
    private final Clock clock;
    private final List<Task> vital = new CopyOnWriteArrayList<>();

    Tasks(Metrics metrics, Clock clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    /** A task whose failures are counted and told, and on which nothing depends. */
    public Task task(String name) {
        return new Task(name, metrics.counter(Metric.NODE_TASK, name), clock, Long.MAX_VALUE);
    }

    /**
     * A task without which the process is of no use: it is not ready while the task keeps failing
     * or does not run.
     *
     * @param silenceMax how long the task may not have run through
     */
    public Task vital(String name, Duration silenceMax) {
        Task task =
                new Task(
                        name, metrics.counter(Metric.NODE_TASK, name), clock, silenceMax.toNanos());
        vital.add(task);
        return task;
    }

    /** Whether every vital task runs: without that the process is not ready. */
    public boolean areWell() {
        vital.removeIf(Task::isClosed);
        return vital.stream().filter(task -> !task.isWellOrTold()).count() == 0; // all are told of
    }

    /**
     * Whether every vital task has a thread to run on. One that lost it does not come back within
     * this process, which is to be started again then.
     */
    public boolean areAlive() {
        return vital.stream().noneMatch(Task::isDead);
    }
}
