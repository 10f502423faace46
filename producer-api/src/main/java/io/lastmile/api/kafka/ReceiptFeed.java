package io.lastmile.api.kafka;

import io.lastmile.node.kafka.SetAside;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.SummaryRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** Committed receipts as they come, from given places of the log on. One thread. */
public final class ReceiptFeed implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final SetAside aside;
    private final Map<Integer, Long> positions = new TreeMap<>();

    /** A receipt and whose it is. */
    public record Read(DeviceId device, ReceiptRecord receipt) {}

    /**
     * Opens it.
     *
     * @param from positions by partition; where one is missing, the end of the log is meant
     * @throws KafkaException where Kafka does not say in time where the log ends
     */
    ReceiptFeed(
            Consumer<byte[], byte[]> consumer,
            String topic,
            Collection<Integer> partitions,
            Map<Integer, Long> from,
            Duration timeout,
            SetAside aside) {
        this.consumer = consumer;
        this.aside = aside;
        List<TopicPartition> all =
                partitions.stream().map(p -> new TopicPartition(topic, p)).toList();
        consumer.assign(all);
        Map<TopicPartition, Long> ends = consumer.endOffsets(all, timeout);
        for (TopicPartition partition : all) {
            long end = ends.getOrDefault(partition, 0L);
            // A place that is not there yet belongs to another topic: nothing would ever come.
            long position = Math.min(end, from.getOrDefault(partition.partition(), end));
            consumer.seek(partition, position);
            positions.put(partition.partition(), position);
        }
    }

    /** What came, at most waiting so long for something. */
    public List<Read> poll(Duration atMost) throws InterruptedException {
        List<Read> reads = new ArrayList<>();
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(atMost)) {
                positions.put(record.partition(), record.offset() + 1);
                aside.each(List.of(record), one -> add(reads, one));
            }
        } catch (InterruptException e) {
            InterruptedException interrupted = new InterruptedException("interrupted");
            interrupted.initCause(e);
            throw interrupted;
        }
        return reads;
    }

    private static void add(List<Read> reads, ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        byte[] value = record.value();
        if (value != null && SummaryRecord.isOne(value)) {
            return; // of a broadcast, which is followed by itself
        }
        DeviceId device = key == null ? null : DeviceId.ofBytes(key);
        if (device == null || value == null) {
            throw new MalformedException("receipt", "no device or no value");
        }
        reads.add(new Read(device, ReceiptRecord.decode(value)));
    }

    /** Where to go on behind what was polled, by partition. */
    public Map<Integer, Long> positions() {
        return Map.copyOf(positions);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSE_WITHIN));
    }
}
