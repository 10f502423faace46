package io.lastmile.node.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.RevocationKey;
import io.lastmile.wire.record.RevocationRecord;
import io.lastmile.wire.record.Topic;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The devices that may not connect, as the revocations topic tells of them. Who writes there bounds
 * their number. Questions may come from any thread.
 */
public final class RevocationsView implements AutoCloseable {
    private final Map<DeviceId, RevocationRecord> revoked = new ConcurrentHashMap<>();
    private final java.util.function.Consumer<DeviceId> listener;
    private final TopicTail tail;
    private volatile boolean loaded;

    /**
     * Begins to read.
     *
     * @param listener is told, on the reading thread, whose connection is to be closed
     */
    public RevocationsView(
            KafkaSettings kafka, Metrics metrics, java.util.function.Consumer<DeviceId> listener) {
        this(
                TopicTail.consumer(kafka, "lastmile-revocations", Map.of()),
                kafka.topic(Topic.REVOCATIONS),
                metrics,
                listener);
    }

    RevocationsView(
            Consumer<byte[], byte[]> consumer,
            String topic,
            Metrics metrics,
            java.util.function.Consumer<DeviceId> listener) {
        this.listener = listener;
        metrics.gauge(Metric.NODE_REVOCATIONS_KNOWN, revoked::size);
        tail =
                new TopicTail(
                        consumer,
                        topic,
                        "lastmile-revocations",
                        metrics,
                        () -> {},
                        new SetAside(Topic.REVOCATIONS, metrics),
                        this::on);
        var _ = tail.readToEnd().thenRun(() -> loaded = true);
    }

    /** Whether everything has been read that was there at the start. */
    public boolean isLoaded() {
        return loaded;
    }

    /** Whether the device may not connect. */
    public boolean isRevoked(DeviceId device) {
        return revoked.containsKey(device);
    }

    /** Since when and why the device may not connect. */
    public Optional<RevocationRecord> of(DeviceId device) {
        return Optional.ofNullable(revoked.get(device));
    }

    /** How many devices may not connect. */
    public int size() {
        return revoked.size();
    }

    private void on(ConsumerRecord<byte[], byte[]> record) {
        RevocationKey key = RevocationKey.decode(record.key());
        if (record.value() == null) {
            if (!key.once()) {
                revoked.remove(key.device());
            }
            return;
        }
        RevocationRecord revocation = RevocationRecord.decode(record.value());
        if (!key.once()) {
            revoked.put(key.device(), revocation);
        }
        listener.accept(key.device());
    }

    @Override
    public void close() {
        tail.close();
    }
}
