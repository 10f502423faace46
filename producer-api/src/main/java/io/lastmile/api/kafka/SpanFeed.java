package io.lastmile.api.kafka;

import io.lastmile.api.spans.TracedMessages;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.record.ReceiptRecord;
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
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
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
    private final Consumer<byte[], byte[]> consumer;
    private final String messages;
    private final String receipts;

    /** Partitions whose receipts are ahead of what was read of messages, and up to where. */
    private final Map<Integer, Long> aheadByPartition = new HashMap<>();

    private final Thread thread;
    private volatile boolean closing;

    /** Starts it. */
    public SpanFeed(KafkaSettings kafka, TracedMessages traced) {
        this.traced = traced;
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
        thread = Thread.ofPlatform().name("api-span-feed").daemon().start(this::run);
    }

    private void run() {
        try (consumer) {
            consumer.subscribe(List.of(messages, receipts), new Partitions());
            while (!closing) {
                try {
                    take(consumer.poll(POLL));
                    consumer.commitAsync();
                } catch (WakeupException e) {
                    LOG.atTrace().log("Closing");
                } catch (RuntimeException e) { // later spans are still wanted
                    LOG.atWarn().addKeyValue("reason", e.toString()).log("Cannot read traces");
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("Traces end");
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        records.records(messages).forEach(this::message);
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
        DeviceId device = device(record.key());
        ReceiptRecord receipt = receipt(record.value());
        if (device == null || receipt == null) {
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

    private static @Nullable DeviceId device(byte @Nullable [] key) {
        try {
            return key == null ? null : new DeviceId(new String(key, StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable ReceiptRecord receipt(byte @Nullable [] value) {
        try {
            return value == null ? null : ReceiptRecord.decode(value);
        } catch (MalformedException e) {
            return null; // of a newer version
        }
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
