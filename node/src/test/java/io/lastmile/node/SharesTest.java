package io.lastmile.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private static long takeAll(Shares shares, String caller) {
        long taken = 0;
        while (shares.take(caller, 1)) {
            taken++;
        }
        return taken;
    }

    @Test
    void oneAloneHasTwoThirds() {
        assertEquals(67, takeAll(new Shares(100), "a"));
    }

    @Test
    void whoeverComesNextFindsRoom() {
        Shares shares = new Shares(1_000);
        for (int caller = 1; caller <= 5; caller++) {
            assertTrue(takeAll(shares, "caller" + caller) > 0, "caller" + caller);
            assertTrue(shares.take("honest", 1), "behind " + caller);
            shares.give("honest", 1);
        }
    }

    @Test
    void aSingleCallerOfASmallRoomIsNotRefused() {
        Shares shares = new Shares(1);
        assertTrue(shares.take("a", 1));
        assertFalse(shares.take("b", 1));
        shares.give("a", 1);
        assertTrue(shares.take("b", 1));
        assertEquals(1, shares.taken());
    }

    @Test
    void whatIsGivenBackIsThereAgain() {
        Shares shares = new Shares(100);
        long taken = takeAll(shares, "a");
        shares.give("a", taken);
        assertEquals(0, shares.taken());
        assertEquals(taken, takeAll(shares, "a"));
    }

    @Test
    void smallerItIsFullUntilEnoughIsBack() {
        Shares shares = new Shares(100);
        assertTrue(shares.take("a", 60));
        shares.resize(50);
        assertFalse(shares.take("b", 1));
        shares.give("a", 20);
        assertTrue(shares.take("b", 1));
    }

    @Test
    void whoWaitsIsServedInTurnByCaller() throws Exception {
        Shares shares = new Shares(4);
        assertEquals(3, takeAll(shares, "greedy"));
        assertTrue(shares.take("other", 1));
        BlockingQueue<String> served = new LinkedBlockingQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (String caller : List.of("greedy", "greedy", "greedy", "modest")) {
            Thread thread = waiting(shares, caller, served);
            threads.add(thread);
            await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        }
        shares.give("greedy", 1);
        assertEquals("modest", served.take());
        shares.give("greedy", 2);
        shares.give("other", 1);
        for (int i = 0; i < 2; i++) {
            assertEquals("greedy", served.take());
        }
        shares.give("modest", 1);
        assertEquals("greedy", served.take());
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static Thread waiting(Shares shares, String caller, BlockingQueue<String> served) {
        return Thread.ofPlatform()
                .start(() -> {
                    try {
                        if (shares.await(caller, 1, LONG)) {
                            served.add(caller);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    @Test
    void whoHasNothingIsNotPassedBy() throws Exception {
        Shares shares = new Shares(10);
        assertTrue(shares.take("a", 4));
        assertTrue(shares.take("b", 3));
        BlockingQueue<String> served = new LinkedBlockingQueue<>();
        Thread large =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                assertTrue(shares.await("large", 5, LONG));
                                served.add("large");
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        await().until(() -> large.getState() == Thread.State.TIMED_WAITING);
        assertFalse(shares.await("b", 1, Duration.ofMillis(1)));
        shares.give("a", 4);
        assertEquals("large", served.take());
        large.join();
    }

    @Test
    void whoGivesUpLeavesNothingBehind() throws Exception {
        Shares shares = new Shares(1);
        assertTrue(shares.take("a", 1));
        assertFalse(shares.await("b", 1, Duration.ofMillis(1)));
        AtomicReference<Boolean> interrupted = new AtomicReference<>(false);
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                boolean _ = shares.await("c", 1, LONG);
                            } catch (InterruptedException e) {
                                interrupted.set(true);
                            }
                        });
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        thread.interrupt();
        thread.join();
        assertTrue(interrupted.get());
        shares.give("a", 1);
        assertEquals(0, shares.taken());
        assertTrue(shares.take("a", 1));
    }
}
