package io.lastmile.api.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lastmile.api.HandClock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.MessageId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final HandClock clock = new HandClock();

    @Test
    void onlyWhatIsLateEnds() {
        try (Deadlines deadlines = new Deadlines(DEADLINE, clock, new Metrics().tasks())) {
            CompletableFuture<SendResult> late = new CompletableFuture<>();
            deadlines.begin(late);
            clock.pass(DEADLINE.minusNanos(1));
            CompletableFuture<SendResult> young = new CompletableFuture<>();
            deadlines.begin(young);
            assertFalse(late.isDone());
            clock.pass(Duration.ofNanos(1));
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
        try (Deadlines deadlines = new Deadlines(DEADLINE, clock, new Metrics().tasks())) {
            deadlines.begin(answered);
            deadlines.begin(late);
            answered.complete(accepted);
            clock.pass(DEADLINE);
            await().until(late::isDone);
        }
        assertSame(accepted, answered.join());
    }

    @Test
    void nobodyWaitsForOneThatIsClosed() throws Exception {
        CompletableFuture<SendResult> waiting = new CompletableFuture<>();
        try (Deadlines deadlines = new Deadlines(DEADLINE, clock, new Metrics().tasks())) {
            deadlines.begin(waiting);
        }
        assertInstanceOf(SendResult.Failed.class, waiting.get(10, TimeUnit.SECONDS));
    }
}
