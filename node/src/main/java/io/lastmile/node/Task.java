package io.lastmile.node;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One piece of work that goes on whatever it throws. An executor drops a periodic task that threw,
 * and says nothing; so all that runs more than once, or later than now, is scheduled here, on the
 * process's own threads as on event loops. A failure is counted, and told once until the task has
 * run for a while without another.
 *
 * <p>Errors are no exception to that: after one, as where memory ran out for a moment, what keeps
 * the others' connections in order is needed more than before. Any thread.
 */
public final class Task implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Task.class);

    /** One failure may be chance; so many in a row are a state. */
    private static final int FAILURES_UNWELL = 3;

    /** So long without a failure, and it counts as recovered. */
    private static final long RECOVERED_NS = Duration.ofSeconds(10).toNanos();

    /** Between a failed turn of a loop and the next, so that a failure does not become a spin. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final String name;
    private final Metrics.Counter failures;
    private final Clock clock;
    private final long silenceMaxNs;
    private volatile @Nullable BooleanSupplier dead;
    private volatile boolean started;
    private volatile boolean closed;
    private volatile long ranNs;

    // Guarded by this.
    private int failuresInRow;
    private long failuresTold;
    private long failedNs;
    private boolean isUnwellTold;

    private volatile boolean isFailing;

    Task(String name, Metrics.Counter failures, Clock clock, long silenceMaxNs) {
        this.name = name;
        this.failures = failures;
        this.clock = clock;
        this.silenceMaxNs = silenceMaxNs;
    }

    /** One turn of a loop. */
    @FunctionalInterface
    public interface Turn {
        /** Does what there is to do, or waits a moment for it. */
        void take() throws InterruptedException;
    }

    /** As it stands in logs and metrics. */
    public String name() {
        return name;
    }

    /** Runs it every so often, for the first time after one interval. */
    public ScheduledFuture<?> every(ScheduledExecutorService on, Duration interval, Runnable work) {
        return every(on, interval, interval, work);
    }

    /** Runs it every so often, at a fixed rate. */
    public ScheduledFuture<?> every(
            ScheduledExecutorService on, Duration first, Duration interval, Runnable work) {
        begin(on::isShutdown);
        return on.scheduleAtFixedRate(
                () -> run(work), first.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs it once, later. */
    public ScheduledFuture<?> once(ScheduledExecutorService on, Duration delay, Runnable work) {
        return on.schedule(() -> run(work), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Runs it later, and after the same time again while it fails: for what would otherwise never
     * be tried again, since it is the work itself that plans its next run.
     */
    public void untilDone(ScheduledExecutorService on, Duration delay, Runnable work) {
        try {
            var _ =
                    on.schedule(
                            () -> {
                                if (!run(work)) {
                                    untilDone(on, delay, work);
                                }
                            },
                            delay.toNanos(),
                            TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().addKeyValue("task", name).log("Nothing more is done: it stops");
        }
    }

    /**
     * A thread that takes one turn after the other. A turn that fails is followed by the next after
     * a pause, so the thread ends in no other way than by its owner's word.
     *
     * @param goesOn false once the owner wants it to end
     * @param atEnd what the thread does last
     */
    public Thread loop(Thread.Builder thread, BooleanSupplier goesOn, Turn turn, Runnable atEnd) {
        Thread made =
                thread.unstarted(() -> {
                    while (goesOn.getAsBoolean()) {
                        take(turn, goesOn);
                    }
                    closed = true;
                    run(atEnd);
                });
        begin(() -> started && !made.isAlive());
        return made;
    }

    private void take(Turn turn, BooleanSupplier goesOn) {
        started = true;
        try {
            turn.take();
            ran();
        } catch (InterruptedException e) {
            LOG.atDebug().addKeyValue("task", name).log("Interrupted"); // by an owner that stops
        } catch (Throwable e) {
            if (goesOn.getAsBoolean()) {
                failed(e);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            return; // the flag is taken back: the owner's word ends the loop, or nothing does
        }
    }

    /**
     * Runs it now.
     *
     * @return whether it ran through
     */
    public boolean run(Runnable work) {
        try {
            work.run();
            ran();
            return true;
        } catch (Throwable e) {
            failed(e);
            return false;
        }
    }

    private void begin(BooleanSupplier isDead) {
        ranNs = clock.nanoTime();
        dead = isDead;
    }

    /** It ran through, or a part of it did. */
    private void ran() {
        if (silenceMaxNs != Long.MAX_VALUE) {
            ranNs = clock.nanoTime();
        }
        if (isFailing) {
            ranAgain();
        }
    }

    private synchronized void ranAgain() {
        failuresInRow = 0;
        if (isFailing && clock.nanoTime() - failedNs >= RECOVERED_NS) {
            isFailing = false;
            LOG.atInfo()
                    .addKeyValue("task", name)
                    .addKeyValue("failures", failures.count() - failuresTold)
                    .log("A task that failed runs again");
        }
    }

    /** Something in it failed: counted, and told where that is news. It must go on by itself. */
    public void failed(Throwable cause) {
        try {
            failures.increment();
            boolean isNews;
            synchronized (this) {
                isNews = !isFailing;
                if (isNews) {
                    isFailing = true;
                    failuresTold = failures.count() - 1;
                }
                failuresInRow++;
                failedNs = clock.nanoTime();
            }
            if (isNews) {
                LOG.atError()
                        .addKeyValue("task", name)
                        .setCause(cause)
                        .log("A task failed by a bug; it goes on");
            }
        } catch (Throwable e) {
            return; // no memory to tell it: the task goes on all the same
        }
    }

    /** Whether it runs; where not, that is told once until it does. */
    boolean isWellOrTold() {
        boolean isWell = isWell();
        synchronized (this) {
            if (!isWell && !isUnwellTold) {
                LOG.atError()
                        .addKeyValue("task", name)
                        .addKeyValue("failuresInRow", failuresInRow)
                        .addKeyValue("hasThread", !isDead())
                        .log("A vital task does not run: not ready");
            } else if (isWell && isUnwellTold) {
                LOG.atInfo().addKeyValue("task", name).log("A vital task runs again");
            }
            isUnwellTold = !isWell;
        }
        return isWell;
    }

    private boolean isWell() {
        synchronized (this) {
            if (failuresInRow >= FAILURES_UNWELL) {
                return closed;
            }
        }
        boolean isSilent = dead != null && clock.nanoTime() - ranNs > silenceMaxNs;
        return closed || !(isSilent || isDead());
    }

    boolean isDead() {
        BooleanSupplier death = dead;
        return !closed && death != null && death.getAsBoolean();
    }

    boolean isClosed() {
        return closed;
    }

    /** Its owner stops: nobody waits for it any more. */
    @Override
    public void close() {
        closed = true;
    }
}
