package io.lastmile.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * Runs seed after seed on all processors, each seed on one thread alone: runs share nothing.
 * Progress is told every now and then, and failures at once.
 */
final class Seeds {
    private static final long PROGRESS_NS = TimeUnit.SECONDS.toNanos(30);

    private final long first;
    private final LongPredicate runsMore;
    private final int failuresMax;
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Long> figures = new TreeMap<>();
    private final long startNs = System.nanoTime();
    private long toldNs = startNs;
    private long begun;
    private long done;

    /**
     * What is to be run.
     *
     * @param runsMore whether another seed is to be run, after so many have been begun
     * @param failuresMax after which nothing more is begun
     */
    Seeds(long first, LongPredicate runsMore, int failuresMax) {
        this.first = first;
        this.runsMore = runsMore;
        this.failuresMax = failuresMax;
    }

    /** Runs all of them. */
    Seeds run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofPlatform().name("simulation-" + i).start(this::work));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return this;
    }

    private void work() {
        for (long seed = begin(); seed >= 0; seed = begin()) {
            end(Simulation.run(seed, null, false));
        }
    }

    private synchronized long begin() {
        boolean more = failures.size() < failuresMax && runsMore.test(begun);
        return more ? first + begun++ : -1;
    }

    private synchronized void end(Simulation.Result result) {
        done++;
        result.figures().forEach((name, count) -> figures.merge(name, count, Long::sum));
        if (result.failure() != null) {
            failures.add(result.report());
            System.out.println(result.report());
        }
        long nowNs = System.nanoTime();
        if (nowNs - toldNs >= PROGRESS_NS) {
            toldNs = nowNs;
            System.out.println(this);
        }
    }

    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    synchronized Map<String, Long> figures() {
        return Map.copyOf(figures);
    }

    @Override
    public synchronized String toString() {
        double seconds = (System.nanoTime() - startNs) / 1e9;
        return "%d seeds from %d on in %.0f s (%.0f/s), %d failed: %s"
                .formatted(done, first, seconds, done / seconds, failures.size(), figures);
    }
}
