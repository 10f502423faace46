package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.router.kafka.LogEnds.Ends;
import io.lastmile.router.owner.OwnedPartitions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an open transaction holds back is counted, and for how long. */
final class HeldBackTest {
    private static final KafkaSettings KAFKA =
            new KafkaSettings("127.0.0.1:1", "test.", 4, true, Map.of());

    private long nowNs;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LogEnds ends = new LogEnds(KAFKA, timer, new Metrics());
    private final HeldBack held =
            new HeldBack(
                    new OwnedPartitions(),
                    ends,
                    new Clock() {
                        @Override
                        public long nowMs() {
                            return 0;
                        }

                        @Override
                        public long nanoTime() {
                            return nowNs;
                        }
                    },
                    new Metrics());

    @AfterEach
    void close() {
        ends.close();
        timer.shutdownNow();
    }

    private void after(Duration time, Map<Integer, Ends> found) {
        nowNs += time.toNanos();
        held.found(found);
    }

    @Test
    void whatStandsBehindItCounts() {
        after(Duration.ZERO, Map.of(0, new Ends(5, 12), 1, new Ends(3, 3)));
        assertEquals(7, held.records());
        after(Duration.ofSeconds(60), Map.of(0, new Ends(5, 14), 1, new Ends(3, 3)));
        assertEquals(9, held.records());
        assertEquals(60, held.longestSeconds());
    }

    @Test
    void oneTransactionAfterTheOtherIsNoneThatWasLeftOpen() {
        after(Duration.ZERO, Map.of(0, new Ends(5, 6)));
        after(Duration.ofSeconds(60), Map.of(0, new Ends(8, 9)));
        assertEquals(0, held.longestSeconds());
        after(Duration.ofSeconds(5), Map.of(0, new Ends(9, 9)));
        assertEquals(0, held.records());
    }

    @Test
    void whatAnotherOwnsByNowDoesNotCount() {
        after(Duration.ZERO, Map.of(0, new Ends(5, 6)));
        after(Duration.ofSeconds(5), Map.of());
        assertEquals(0, held.records());
    }
}
