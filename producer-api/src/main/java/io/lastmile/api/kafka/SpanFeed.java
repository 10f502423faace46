package io.lastmile.api.kafka;

import io.lastmile.api.spans.TracedMessages;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.SetAside;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.SummaryRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads trace contexts from messages and ends from receipts, and tells both to those who make spans
 * of them. All APIs that export share the partitions; the range assignor gives the same of both
 * topics to the same. A thread of its own.
 */
public final class SpanFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpanFeed.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final TracedMessages traced;
    private final SetAside aside;
    private final SetAside unread;
    private final Consumer<byte[], byte[]> consumer;
    private final String messages;
    private final String receipts;

    /** Partitions whose receipts are ahead of what was read of messages, and up to where. */
    private final Map<Integer, Long> aheadByPartition = new HashMap<>();

    private final Thread thread;
    private volatile boolean closing;

    /** Starts it. */
    public SpanFeed(KafkaSettings kafka, TracedMessages traced, Metrics metrics) {
        this.traced = traced;
        aside = new SetAside(Topic.RECEIPTS, metrics);
        unread = new SetAside(Topic.MESSAGES, metrics);
        messages = kafka.topic(Topic.MESSAGES);
        receipts = kafka.topic(Topic.RECEIPTS);
        consumer =
                new KafkaConsumer<>(
                        kafka.consumer(
                                Map.of(
                                        ConsumerConfig.CLIENT_ID_CONFIG,
                                        "lastmile-spans",
                                        ConsumerConfig.GROUP_ID_CONFIG,
                                        kafka.prefix() + "spans",
                                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                        "latest",
                                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                                        RangeAssignor.class.getName())));
        consumer.subscribe(List.of(messages, receipts), new Partitions());
        thread =
                metrics.tasks()
                        .task("api-span-feed")
                        .loop(
                                Thread.ofPlatform().name("api-span-feed").daemon(),
                                () -> !closing,
                                this::turn,
                                consumer::close);
        thread.start();
    }

    private void turn() throws InterruptedException {
        try {
            take(consumer.poll(POLL));
            consumer.commitAsync();
        } catch (WakeupException e) {
            LOG.atTrace().log("Closing");
        } catch (KafkaException e) {
            LOG.atWarn().addKeyValue("reason", e.toString()).log("Cannot read traces");
            Thread.sleep(PAUSE);
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        unread.each(records.records(messages), this::message);
        goOn();
        for (TopicPartition partition : records.partitions()) {
            if (partition.topic().equals(receipts)) {
                for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                    if (!receipt(partition, record)) {
                        break;
                    }
                }
            }
        }
    }

    private void message(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(MessageHeader.TRACEPARENT.headerName());
        byte[] value = header == null ? null : header.value();
        if (value != null) {
            String traceparent = new String(value, StandardCharsets.ISO_8859_1);
            traced.accepted(record.partition(), record.offset(), traceparent);
        }
    }

    /**
     * Tells it.
     *
     * @return whether to go on: its message may not have been read yet; then it is read again later
     */
    private boolean receipt(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        byte[] value = record.value();
        if (value != null && SummaryRecord.isOne(value)) {
            return true; // copies of a broadcast have no span each
        }
        DeviceId device = key == null ? null : DeviceId.ofBytes(key);
        if (device == null || value == null) {
            aside.add(record, "no device or no value");
            return true;
        }
        ReceiptRecord receipt;
        try {
            receipt = ReceiptRecord.decode(value);
        } catch (RuntimeException e) { // of a newer version, or not ours
            aside.add(record, e);
            return true;
        }
        TopicPartition its = new TopicPartition(messages, partition.partition());
        if (consumer.assignment().contains(its) && consumer.position(its) <= receipt.offset()) {
            consumer.seek(partition, record.offset());
            consumer.pause(List.of(partition));
            aheadByPartition.put(partition.partition(), receipt.offset());
            return false;
        }
        traced.settled(partition.partition(), device, receipt);
        return true;
    }

    private void goOn() {
        aheadByPartition
                .entrySet()
                .removeIf(ahead -> {
                    TopicPartition its = new TopicPartition(messages, ahead.getKey());
                    if (consumer.position(its) <= ahead.getValue()) {
                        return false;
                    }
                    consumer.resume(List.of(new TopicPartition(receipts, ahead.getKey())));
                    return true;
                });
    }

    private final class Partitions implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            LOG.atDebug().addKeyValue("partitions", partitions.size()).log("Traces of these");
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                traced.forget(partition.partition());
                aheadByPartition.remove(partition.partition());
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            if (!thread.join(CLOSE_WITHIN)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
