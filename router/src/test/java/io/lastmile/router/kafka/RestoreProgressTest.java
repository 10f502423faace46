package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** How far a claim has read the state back, and what it found missing, is there to be seen. */
final class RestoreProgressTest {
    private static final KafkaSettings KAFKA =
            new KafkaSettings("127.0.0.1:1", "test.", 4, true, Map.of());
    private static final int PARTITION = 3;

    private static final TopicPartition INBOX = new TopicPartition("test.inbox", PARTITION);
    private static final TopicPartition MEMBERS = new TopicPartition("test.members", PARTITION);
    private static final TopicPartition PRESENCE = new TopicPartition("test.presence", PARTITION);

    private final Metrics metrics = new Metrics();

    private final List<byte[]> keys = new ArrayList<>();

    @Test
    void whatIsReadBackIsCountedByItsTopic() {
        MockConsumer<byte[], byte[]> consumer = empty();
        consumer.schedulePollTask(() -> add(consumer, INBOX, 0, 1));
        consumer.schedulePollTask(() -> add(consumer, PRESENCE, 2));
        consumer.schedulePollTask(() -> add(consumer, INBOX, 4)); // compaction left holes
        try (StateReader reader = reader(consumer, false)) {
            reader.readTo(Map.of(Topic.INBOX, 5L, Topic.PRESENCE, 1L));
            assertEquals(3, reader.count(Topic.INBOX));
            assertEquals(1, reader.count(Topic.PRESENCE));
        }
        assertEquals(3, keys.size());
        assertCounted("lastmile_router_restored_records_total{topic=\"inbox\"} 3.0");
        assertCounted("lastmile_router_restored_records_total{topic=\"presence\"} 1.0");
    }

    @Test
    void itGoesOnUntilEveryTopicIsAtItsEnd() {
        MockConsumer<byte[], byte[]> consumer = empty();
        consumer.schedulePollTask(() -> add(consumer, PRESENCE, 0));
        consumer.schedulePollTask(() -> add(consumer, INBOX, 0));
        consumer.schedulePollTask(() -> add(consumer, PRESENCE, 1));
        try (StateReader reader = reader(consumer, false)) {
            reader.readTo(Map.of(Topic.INBOX, 1L, Topic.PRESENCE, 2L));
            assertEquals(2, reader.count(Topic.PRESENCE));
        }
    }

    @Test
    void aCancelledClaimStopsReading() {
        try (StateReader reader = reader(empty(), true)) {
            assertThrows(
                    ClaimCancelledException.class, () -> reader.readTo(Map.of(Topic.INBOX, 5L)));
        }
    }

    private StateReader reader(MockConsumer<byte[], byte[]> consumer, boolean cancelled) {
        return new StateReader(
                KAFKA,
                PARTITION,
                (topic, record) -> {
                    if (topic == Topic.INBOX) {
                        keys.add(record.key());
                    }
                },
                () -> cancelled,
                Clock.system(),
                metrics,
                consumer);
    }

    private static MockConsumer<byte[], byte[]> empty() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        consumer.updateBeginningOffsets(Map.of(INBOX, 0L, PRESENCE, 0L, MEMBERS, 0L));
        return consumer;
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
