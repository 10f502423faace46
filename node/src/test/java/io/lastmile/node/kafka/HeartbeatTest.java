package io.lastmile.node.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Metrics;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private static final Incarnation SELF = new Incarnation("edge-1", 7);
    private static final Heartbeat.Report REPORT =
            new Heartbeat.Report(
                    false,
                    Map.of("hop", "127.0.0.1:7400"),
                    Map.of("sessions", 3L),
                    new NodeRecord.RouterPartitions(
                            List.of(new NodeRecord.Claim(1, 20)), Set.of()));

    private final HandClock clock = new HandClock();
    private final OwnTime time = new OwnTime(clock);

    private Heartbeat beating(MockProducer<byte[], byte[]> producer, Duration interval) {
        return new Heartbeat(
                producer,
                "lastmile.nodes",
                interval,
                SELF,
                NodeRole.EDGE,
                () -> REPORT,
                time,
                new Metrics());
    }

    private static MockProducer<byte[], byte[]> producer(boolean answers) {
        return new MockProducer<>(
                answers, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static NodeRecord.Heartbeat said(ProducerRecord<byte[], byte[]> record) {
        return (NodeRecord.Heartbeat) NodeRecord.decode(record.value());
    }

    @Test
    void itSaysWhatTheNodeIsAgainAndAgainAndLastThatItLeaves() throws Exception {
        MockProducer<byte[], byte[]> producer = producer(true);
        Heartbeat heartbeat = beating(producer, Duration.ofMillis(5));
        await().until(() -> producer.history().size() >= 3);
        heartbeat.close();
        List<ProducerRecord<byte[], byte[]>> history = producer.history();
        assertEquals(new NodeKey(SELF, false), NodeKey.decode(history.getFirst().key()));
        NodeRecord.Heartbeat first = said(history.getFirst());
        assertEquals(1, first.sequence());
        assertEquals(Map.of("hop", "127.0.0.1:7400"), first.addresses());
        assertEquals(List.of(new NodeRecord.Claim(1, 20)), first.claims());
        assertFalse(first.draining());
        long scheduled = history.size() - 1L;
        assertEquals(scheduled, said(history.getLast()).sequence(), "the last is out of turn");
        assertTrue(said(history.getLast()).draining());
        heartbeat.close();
    }

    @Test
    void aReportThatFailsOnceIsCountedAndTheNextOneGoesOut() {
        MockProducer<byte[], byte[]> producer = producer(true);
        Metrics metrics = new Metrics();
        AtomicBoolean failed = new AtomicBoolean();
        Heartbeat heartbeat =
                new Heartbeat(
                        producer,
                        "lastmile.nodes",
                        Duration.ofMillis(5),
                        SELF,
                        NodeRole.EDGE,
                        () -> {
                            if (failed.compareAndSet(false, true)) {
                                throw new IllegalStateException("once");
                            }
                            return REPORT;
                        },
                        time,
                        metrics);
        await().until(() -> producer.history().size() >= 3);
        assertTrue(metrics.scrape().contains("task=\"heartbeat\"} 1.0"), metrics.scrape());
        heartbeat.close();
    }

    @Test
    void theyDoNotPileUpWhileKafkaDoesNotAnswer() {
        MockProducer<byte[], byte[]> producer = producer(false);
        try (Heartbeat heartbeat = beating(producer, Duration.ofMillis(1))) {
            await().until(() -> producer.history().size() == 1);
            heartbeat.now();
            await().during(Duration.ofMillis(50)).until(() -> producer.history().size() == 1);
            assertFalse(heartbeat.confirmedWithin(Duration.ofDays(1)));
            producer.errorNext(new TimeoutException("Kafka is away"));
            await().until(() -> producer.history().size() == 2);
            producer.completeNext();
            await().until(() -> producer.history().size() >= 3);
        }
    }

    @Test
    void aNewIncarnationBeginsAtOne() {
        MockProducer<byte[], byte[]> producer = producer(true);
        try (Heartbeat heartbeat = beating(producer, Duration.ofMinutes(1))) {
            await().until(() -> producer.history().size() == 1);
            heartbeat.become(new Incarnation("edge-1", 8), () -> {});
            await().until(() -> producer.history().size() == 2);
            assertEquals(8, NodeKey.decode(producer.history().get(1).key()).incarnation().number());
            assertEquals(1, said(producer.history().get(1)).sequence());
        }
    }
}
