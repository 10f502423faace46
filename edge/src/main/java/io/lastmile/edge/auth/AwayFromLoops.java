package io.lastmile.edge.auth;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that cost time, on a few threads of their own with a bounded queue: a storm of them
 * neither delays whoever is connected nor piles up. Any thread.
 */
public final class AwayFromLoops implements Authentication {
    private static final Logger LOG = LoggerFactory.getLogger(AwayFromLoops.class);

    private final Function<Credentials, Verdict> check;
    private final ThreadPoolExecutor threads;

    /**
     * Starts the threads.
     *
     * @param waitingMax checks that may wait; more are {@link Verdict.Busy}
     */
    public AwayFromLoops(Function<Credentials, Verdict> check, int threadCount, int waitingMax) {
        this.check = check;
        threads =
                new ThreadPoolExecutor(
                        threadCount,
                        threadCount,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(waitingMax),
                        task ->
                                Thread.ofPlatform()
                                        .name("edge-authentication")
                                        .daemon()
                                        .unstarted(task));
    }

    @Override
    public @Nullable Verdict check(Credentials credentials, Consumer<Verdict> later) {
        try {
            threads.execute(() -> later.accept(verdict(credentials)));
            return null;
        } catch (RejectedExecutionException e) {
            return new Verdict.Busy();
        }
    }

    private Verdict verdict(Credentials credentials) {
        try {
            return check.apply(credentials);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("device", credentials.device()).setCause(e).log("a bug");
            return new Verdict.Refused("a bug");
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
