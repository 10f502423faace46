package io.lastmile.node.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.RevocationKey;
import io.lastmile.wire.record.RevocationRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RevocationsViewTest {
    private static final TopicPartition PLACE = new TopicPartition("lastmile.revocations", 0);
    private static final DeviceId A = new DeviceId("phone-a");
    private static final DeviceId B = new DeviceId("phone-b");
    private static final RevocationRecord STOLEN = new RevocationRecord(5, "support", "stolen");

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final List<DeviceId> told = new CopyOnWriteArrayList<>();
    private final Metrics metrics = new Metrics();
    private final RevocationsView view = start();

    private RevocationsView start() {
        consumer.updateBeginningOffsets(Map.of(PLACE, 0L));
        consumer.updateEndOffsets(Map.of(PLACE, 2L));
        RevocationsView started = new RevocationsView(consumer, PLACE.topic(), metrics, told::add);
        await().until(() -> !consumer.assignment().isEmpty());
        return started;
    }

    @AfterEach
    void close() {
        view.close();
    }

    private void append(long offset, DeviceId device, @Nullable RevocationRecord value) {
        append(
                offset,
                new RevocationKey(device, false).encode(),
                value == null ? null : value.encode());
    }

    @SuppressWarnings("NullAway") // Kafka's classes take null for a tombstone and do not say so
    private void append(long offset, byte[] key, byte @Nullable [] value) {
        consumer.schedulePollTask(() ->
                consumer.addRecord(new ConsumerRecord<>(PLACE.topic(), 0, offset, key, value)));
    }

    @Test
    void whoIsRevokedStaysSoUntilAllowed() {
        append(0, A, STOLEN);
        assertFalse(view.isLoaded());
        append(1, B, STOLEN);
        await().until(view::isLoaded);
        assertTrue(view.isRevoked(A) && view.isRevoked(B));
        assertEquals(STOLEN, view.of(A).orElseThrow());
        assertEquals(List.of(A, B), told);
        append(2, A, null);
        await().until(() -> !view.isRevoked(A));
        assertEquals(List.of(A, B), told, "nobody is disconnected for being allowed");
        assertEquals(1, view.size());
    }

    @Test
    void whoIsOnlyDisconnectedIsNotRevoked() {
        byte[] once = new RevocationKey(A, true).encode();
        append(0, once, STOLEN.encode());
        await().until(() -> told.equals(List.of(A)));
        assertFalse(view.isRevoked(A));
        append(1, A, STOLEN);
        append(2, once, null);
        append(3, B, STOLEN);
        await().until(() -> view.isRevoked(B));
        assertTrue(view.isRevoked(A), "the end of the one is not the end of the other");
    }

    @Test
    void whatCannotBeUnderstoodIsCountedAndPassedOver() {
        append(0, "no device".getBytes(StandardCharsets.UTF_8), new byte[] {1});
        append(1, A, STOLEN);
        await().until(() -> view.isRevoked(A));
        assertTrue(
                metrics.scrape()
                        .contains(
                                "lastmile_node_set_aside_records_total{topic=\"revocations\"} 1"));
    }
}
