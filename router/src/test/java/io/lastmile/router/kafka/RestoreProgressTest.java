package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** How far a claim has read the state back, and what it found missing, is there to be seen. */
final class RestoreProgressTest {
    private static final KafkaSettings KAFKA =
            new KafkaSettings("127.0.0.1:1", "test.", 4, true, Map.of());
    private static final int PARTITION = 3;

    private final Metrics metrics = new Metrics();

    @Test
    void whatIsReadBackIsCountedByItsTopic() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        TopicPartition place = new TopicPartition("test.inbox", PARTITION);
        consumer.updateBeginningOffsets(Map.of(place, 0L));
        consumer.schedulePollTask(() -> add(consumer, place, 0, 1));
        consumer.schedulePollTask(() -> add(consumer, place, 4)); // compaction left holes
        List<byte[]> keys = new ArrayList<>();
        try (StateReader reader = reader(consumer, false)) {
            reader.readPast(Topic.INBOX, 4, (key, _) -> keys.add(key));
        }
        assertEquals(3, keys.size());
        assertCounted("lastmile_router_restored_records_total{topic=\"inbox\"} 3.0");
    }

    @Test
    void aCancelledClaimStopsReading() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        consumer.updateBeginningOffsets(Map.of(new TopicPartition("test.inbox", PARTITION), 0L));
        try (StateReader reader = reader(consumer, true)) {
            assertThrows(
                    ClaimCancelledException.class,
                    () -> reader.readPast(Topic.INBOX, 4, (_, _) -> {}));
        }
    }

    @Test
    void aCheckpointBelowTheStartOfTheLogIsAGap() {
        TopicIds topics = new TopicIds(4, Map.of(Topic.INBOX, Uuid.ZERO_UUID));
        Claim claim = new Claim(KAFKA, topics, PARTITION, Clock.system(), metrics);
        assertEquals(7, claim.readableFrom(Topic.MESSAGES, 7, 7));
        assertEquals(7, claim.readableFrom(Topic.EVENTS, 7, 0));
        assertEquals(9, claim.readableFrom(Topic.EVENTS, 7, 9));
        assertCounted("lastmile_router_log_gaps_partitions_total{topic=\"events\"} 1.0");
        assertTrue(!metrics.scrape().contains("topic=\"messages\""), metrics.scrape());
    }

    private StateReader reader(MockConsumer<byte[], byte[]> consumer, boolean cancelled) {
        return new StateReader(
                KAFKA, PARTITION, () -> cancelled, Clock.system(), metrics, consumer);
    }

    private static void add(
            MockConsumer<byte[], byte[]> consumer, TopicPartition place, long... offsets) {
        for (long offset : offsets) {
            consumer.addRecord(
                    new ConsumerRecord<>(
                            place.topic(), PARTITION, offset, new byte[] {1}, new byte[] {2}));
        }
    }

    private void assertCounted(String line) {
        assertTrue(metrics.scrape().contains(line), metrics.scrape());
    }
}
