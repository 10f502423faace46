package io.lastmile.bench.load;

import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.SummaryRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Follows the topic of receipts from its start, committed records only, on a thread of its own. */
public final class ReceiptsReader implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;

    /**
     * Begins to read; the topic must exist.
     *
     * @param told each receipt of one message with its device, on the reader's thread
     */
    public ReceiptsReader(String bootstrap, String topic, BiConsumer<String, ReceiptRecord> told) {
        this(bootstrap, topic, told, _ -> {});
    }

    /**
     * Begins to read; the topic must exist.
     *
     * @param told each receipt with its device, on the reader's thread
     * @param summaries are told each summary of many copies, on the same thread
     */
    public ReceiptsReader(
            String bootstrap,
            String topic,
            BiConsumer<String, ReceiptRecord> told,
            Consumer<SummaryRecord> summaries) {
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest"),
                        new StringDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(p -> new TopicPartition(topic, p.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread =
                Thread.ofPlatform()
                        .name("receipts-reader")
                        .daemon()
                        .start(() -> run(told, summaries));
    }

    /** Follows into a ledger. */
    public static ReceiptsReader into(Ledger ledger, String bootstrap, String topic) {
        return new ReceiptsReader(
                bootstrap,
                topic,
                (device, receipt) -> {
                    MessageId id = receipt.id();
                    ledger.settled(id, receipt.outcome());
                });
    }

    private void run(BiConsumer<String, ReceiptRecord> told, Consumer<SummaryRecord> summaries) {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    if (SummaryRecord.isOne(record.value())) {
                        summaries.accept(SummaryRecord.decode(record.value()));
                    } else {
                        told.accept(record.key(), ReceiptRecord.decode(record.value()));
                    }
                }
            }
        } catch (WakeupException e) {
            // closed
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
