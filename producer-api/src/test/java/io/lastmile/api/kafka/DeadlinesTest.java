package io.lastmile.api.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lastmile.node.Clock;
import io.lastmile.wire.MessageId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 7); // it may overflow
    private final Clock clock =
            new Clock() {
                @Override
                public long nowMs() {
                    return 0;
                }

                @Override
                public long nanoTime() {
                    return nowNs.get();
                }
            };

    @Test
    void onlyWhatIsLateEnds() {
        try (Deadlines deadlines = new Deadlines(DEADLINE, clock)) {
            CompletableFuture<SendResult> late = new CompletableFuture<>();
            deadlines.begin(late);
            nowNs.addAndGet(DEADLINE.toNanos() - 1);
            CompletableFuture<SendResult> young = new CompletableFuture<>();
            deadlines.begin(young);
            assertFalse(late.isDone());
            nowNs.addAndGet(1);
            await().until(late::isDone);
            assertInstanceOf(SendResult.Failed.class, late.join());
            assertFalse(young.isDone());
        }
    }

    @Test
    void whatWasAnsweredStaysSo() {
        SendResult accepted = new SendResult.Accepted(new MessageId(1, 2), 3);
        CompletableFuture<SendResult> answered = new CompletableFuture<>();
        CompletableFuture<SendResult> late = new CompletableFuture<>();
        try (Deadlines deadlines = new Deadlines(DEADLINE, clock)) {
            deadlines.begin(answered);
            deadlines.begin(late);
            answered.complete(accepted);
            nowNs.addAndGet(DEADLINE.toNanos());
            await().until(late::isDone);
        }
        assertSame(accepted, answered.join());
    }

    @Test
    void nobodyWaitsForOneThatIsClosed() throws Exception {
        CompletableFuture<SendResult> waiting = new CompletableFuture<>();
        try (Deadlines deadlines = new Deadlines(DEADLINE, clock)) {
            deadlines.begin(waiting);
        }
        assertInstanceOf(SendResult.Failed.class, waiting.get(10, TimeUnit.SECONDS));
    }
}
