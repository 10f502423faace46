package io.lastmile.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskTest {
    private static final Duration SOON = Duration.ofMillis(1);

    private final AtomicLong nowNs = new AtomicLong();
    private final Metrics metrics =
            new Metrics(
                    new Clock() {
                        @Override
                        public long nowMs() {
                            return 0;
                        }

                        @Override
                        public long nanoTime() {
                            return nowNs.get();
                        }
                    });
    private final Tasks tasks = metrics.tasks();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private void assertFailures(String task, int count) {
        String line = "lastmile_node_task_failures_total{task=\"" + task + "\"} " + count + ".0";
        assertTrue(metrics.scrape().contains(line), metrics.scrape());
    }

    @Test
    void itGoesOnAfterAnExceptionAndAfterAnError() {
        AtomicInteger runs = new AtomicInteger();
        var _ =
                tasks.task("sweep")
                        .every(
                                timer,
                                SOON,
                                () -> {
                                    int run = runs.incrementAndGet();
                                    if (run == 1) {
                                        throw new IllegalStateException("once");
                                    } else if (run == 2) {
                                        throw new OutOfMemoryError("for a moment");
                                    }
                                });
        await().until(() -> runs.get() > 4);
        assertFailures("sweep", 2);
    }

    @Test
    void whatPlansItsOwnNextRunIsTriedUntilItHasRunThrough() {
        AtomicInteger runs = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        tasks.task("connect")
                .untilDone(
                        timer,
                        SOON,
                        () -> {
                            if (runs.incrementAndGet() < 3) {
                                throw new IllegalStateException("not yet");
                            }
                            done.set(true);
                        });
        await().untilTrue(done);
        assertEquals(3, runs.get());
        assertFailures("connect", 2);
    }

    @Test
    void aVitalTaskThatKeepsFailingIsNotWellUntilItRunsAgain() {
        Task vital = tasks.vital("tick", Duration.ofSeconds(10));
        assertTrue(tasks.areWell());
        vital.failed(new IllegalStateException("one"));
        vital.failed(new IllegalStateException("two"));
        assertTrue(tasks.areWell(), "a failure may be chance");
        vital.failed(new IllegalStateException("three"));
        assertFalse(tasks.areWell());
        assertTrue(vital.run(() -> {}));
        assertTrue(tasks.areWell());
        tasks.task("figures").failed(new IllegalStateException("nothing depends on it"));
        assertTrue(tasks.areWell());
    }

    @Test
    void aVitalTaskThatDoesNotRunIsNotWell() {
        Task vital = tasks.vital("tick", Duration.ofSeconds(10));
        AtomicInteger runs = new AtomicInteger();
        AtomicBoolean stuck = new AtomicBoolean();
        var _ =
                vital.every(
                        timer,
                        SOON,
                        () -> {
                            runs.incrementAndGet();
                            await().atMost(Duration.ofMinutes(1)).until(() -> !stuck.get());
                        });
        await().until(() -> runs.get() > 1);
        assertTrue(tasks.areWell());
        stuck.set(true);
        int before = runs.get();
        await().until(() -> runs.get() > before || stuck.get());
        nowNs.addAndGet(Duration.ofSeconds(60).toNanos());
        await().until(() -> !tasks.areWell());
        assertTrue(tasks.areAlive(), "it may come back");
        stuck.set(false);
        await().until(tasks::areWell);
    }

    @Test
    void aVitalTaskWithoutAThreadIsDeadUnlessItWasClosed() {
        Task vital = tasks.vital("tick", Duration.ofSeconds(10));
        var _ = vital.every(timer, SOON, () -> {});
        assertTrue(tasks.areAlive());
        timer.shutdownNow();
        assertFalse(tasks.areAlive());
        assertFalse(tasks.areWell());
        vital.close();
        assertTrue(tasks.areAlive());
        assertTrue(tasks.areWell());
    }

    @Test
    void aLoopTakesTheNextTurnAfterOneThatFailed() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        AtomicBoolean ended = new AtomicBoolean();
        Thread loop =
                tasks.vital("reader", Duration.ofSeconds(10))
                        .loop(
                                Thread.ofPlatform().daemon(),
                                goesOn::get,
                                () -> {
                                    if (turns.incrementAndGet() == 1) {
                                        throw new StackOverflowError("once");
                                    }
                                },
                                () -> ended.set(true));
        loop.start();
        await().until(() -> turns.get() > 2);
        loop.interrupt(); // by nobody who may end it
        int before = turns.get();
        await().until(() -> turns.get() > before + 1);
        assertFailures("reader", 1);
        assertTrue(tasks.areWell());
        goesOn.set(false);
        loop.join();
        assertTrue(ended.get());
        assertTrue(tasks.areAlive(), "it ended by its owner's word");
    }
}
