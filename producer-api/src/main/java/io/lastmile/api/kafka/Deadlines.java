package io.lastmile.api.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.Task;
import io.lastmile.node.Tasks;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Ends answers that do not come within a deadline, the same for all, at most a look later. Who
 * waits for an answer waits without a limit of its own: a timer for each is set and taken back a
 * thousand times before it is of use, and waking the thread that keeps timers costs more than
 * sending a message does. Any thread.
 */
final class Deadlines implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration SILENCE_MAX = Duration.ofSeconds(15);

    private final Queue<Awaited> awaited = new ConcurrentLinkedQueue<>();
    private final Duration deadline;
    private final Clock clock;
    private final Task task;
    private final Thread thread;
    private volatile boolean closing;

    /** An answer, and when it is late. */
    private record Awaited(CompletableFuture<SendResult> answer, long lateAtNs) {}

    /** None yet; looks after them from now on. */
    Deadlines(Duration deadline, Clock clock, Tasks tasks) {
        this.deadline = deadline;
        this.clock = clock;
        task = tasks.vital("api-deadlines", SILENCE_MAX);
        thread =
                task.loop(
                        Thread.ofPlatform().name("api-deadlines").daemon(),
                        () -> !closing,
                        this::look,
                        () -> awaited.forEach(one -> end(one, "the service stops")));
        thread.start();
    }

    /** This answer's time begins now. */
    void begin(CompletableFuture<SendResult> answer) {
        awaited.add(new Awaited(answer, clock.nanoTime() + deadline.toNanos()));
    }

    private void look() throws InterruptedException {
        long nowNs = clock.nanoTime();
        awaited.removeIf(one -> isOver(one, nowNs));
        Thread.sleep(LOOK_EVERY);
    }

    private boolean isOver(Awaited one, long nowNs) {
        if (nowNs - one.lateAtNs >= 0) {
            end(one, "no answer within " + deadline.toMillis() + " ms");
        }
        return one.answer.isDone();
    }

    private static void end(Awaited one, String why) {
        one.answer.complete(SendResult.noAnswer(why));
    }

    /** Those who still wait have no answer. */
    @Override
    public void close() {
        closing = true;
        task.close();
        thread.interrupt();
    }
}
