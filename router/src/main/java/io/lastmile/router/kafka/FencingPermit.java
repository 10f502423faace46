package io.lastmile.router.kafka;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;

/**
 * The word that a claim may fence its predecessor, asked for once all else is read. Safe for use by
 * several threads.
 */
final class FencingPermit {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Runnable ask;
    private final CompletableFuture<Boolean> answer = new CompletableFuture<>();

    /**
     * Neither granted nor refused.
     *
     * @param ask has somebody decide; must not block
     */
    FencingPermit(Runnable ask) {
        this.ask = ask;
    }

    void grant() {
        answer.complete(true);
    }

    void refuse() {
        answer.complete(false);
    }

    /** Whether the partition is another's by now. */
    boolean isRefused() {
        return !answer.getNow(true);
    }

    /**
     * Asks, and waits for the answer.
     *
     * @throws ClaimCancelledException where it is refused
     * @throws KafkaException where no answer comes in time
     */
    void await() throws InterruptedException {
        ask.run();
        try {
            if (!answer.get(WAIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new ClaimCancelledException();
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("no heartbeat is confirmed, or nodes cannot be read", e);
        }
    }
}
