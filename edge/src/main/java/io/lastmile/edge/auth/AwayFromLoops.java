package io.lastmile.edge.auth;

import io.lastmile.edge.auth.CheckQueue.Waiting;
import io.lastmile.edge.session.Verdict;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that cost time, on a few threads of their own: a storm of them neither delays whoever is
 * connected nor piles up. Any thread.
 */
public final class AwayFromLoops implements Authentication {
    private static final Logger LOG = LoggerFactory.getLogger(AwayFromLoops.class);

    private final Function<Credentials, Verdict> check;
    private final int threadCount;
    private final CheckQueue queue; // guarded by itself
    private final ExecutorService threads;
    private int working; // guarded by the queue

    /**
     * No thread works yet.
     *
     * @param waitingMax checks that may wait; more are {@link Verdict.Busy}
     */
    public AwayFromLoops(Function<Credentials, Verdict> check, int threadCount, int waitingMax) {
        this.check = check;
        this.threadCount = threadCount;
        queue = new CheckQueue(waitingMax);
        threads =
                Executors.newFixedThreadPool(
                        threadCount,
                        task ->
                                Thread.ofPlatform()
                                        .name("edge-authentication")
                                        .daemon()
                                        .unstarted(task));
    }

    @Override
    public @Nullable Verdict check(Credentials credentials, PendingConnect connect) {
        Waiting out;
        boolean oneMore;
        synchronized (queue) {
            out = queue.add(new Waiting(credentials, connect));
            oneMore = working < threadCount && queue.size() > 0;
            if (oneMore) {
                working++;
            }
        }
        if (oneMore) {
            try {
                threads.execute(this::work);
            } catch (RejectedExecutionException e) { // it is being closed
                return new Verdict.Busy();
            }
        }
        if (out == null) {
            return null;
        }
        if (out.connect().equals(connect)) {
            return new Verdict.Busy();
        }
        out.connect().decided(new Verdict.Busy());
        return null;
    }

    @Override
    public void forget(PendingConnect connect) {
        synchronized (queue) {
            queue.remove(connect);
        }
    }

    private void work() {
        for (Waiting next = next(); next != null; next = next()) {
            next.connect().decided(verdict(next));
        }
    }

    private @Nullable Waiting next() {
        synchronized (queue) {
            Waiting next = threads.isShutdown() ? null : queue.take();
            if (next == null) {
                working--;
            }
            return next;
        }
    }

    /** Whatever goes wrong, this thread is there for the next one. */
    private Verdict verdict(Waiting waiting) {
        try {
            return waiting.connect().isWelcome()
                    ? check.apply(waiting.credentials())
                    : new Verdict.Busy();
        } catch (RuntimeException | Error e) { // the latter: input may be nested deeply
            LOG.atError()
                    .addKeyValue("device", waiting.credentials().device())
                    .setCause(e)
                    .log("a bug");
            return new Verdict.Refused("a bug");
        }
    }

    @Override
    public void close() {
        var _ = threads.shutdownNow();
    }
}
