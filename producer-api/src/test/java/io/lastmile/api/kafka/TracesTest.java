package io.lastmile.api.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lastmile.api.kafka.Traces.RefusedTraceException;
import io.lastmile.node.Metrics;
import io.lastmile.node.Settings;
import io.lastmile.node.kafka.KafkaSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.junit.jupiter.api.Test;

class TracesTest {
    private final Traces traces =
            new Traces(
                    KafkaSettings.from(Settings.of(Map.of())),
                    () -> new MockConsumer<>("earliest"),
                    () -> new MockConsumer<>("earliest"),
                    Map::of,
                    _ -> Optional.empty(),
                    new Metrics().tasks());

    /** As many threads of one caller as there are, and another one's trace is read at once. */
    @Test
    void noCallerTakesAllThatMayBeReadAtOnce() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger reading = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        List<Thread> greedy = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            greedy.add(Thread.ofPlatform().start(() -> readUntil(end, reading, refused)));
        }
        await().until(() -> reading.get() == 3);
        for (int i = 0; i < 36; i++) {
            assertEquals("told", traces.read("modest", _ -> "told"));
        }
        await().until(() -> refused.get() == 9); // each waited for its turn
        assertThrows(RefusedTraceException.class, () -> traces.read("greedy", _ -> ""));
        end.countDown();
        for (Thread thread : greedy) {
            thread.join();
        }
        assertEquals("told", traces.read("greedy", _ -> "told"));
        traces.close();
    }

    private void readUntil(CountDownLatch end, AtomicInteger reading, AtomicInteger refused) {
        try {
            traces.read(
                    "greedy",
                    _ -> {
                        reading.incrementAndGet();
                        return awaited(end);
                    });
        } catch (RefusedTraceException e) {
            refused.incrementAndGet();
        }
    }

    private static boolean awaited(CountDownLatch end) {
        try {
            end.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
