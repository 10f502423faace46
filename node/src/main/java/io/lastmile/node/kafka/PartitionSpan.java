package io.lastmile.node.kafka;

import io.lastmile.wire.MalformedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committed records of one partition from an offset up to, not including, another. Reading them
 * assigns the consumer, and moves nobody else's offsets. One thread.
 */
public record PartitionSpan(TopicPartition partition, long from, long to) {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionSpan.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /** All that the partition has now. */
    public static PartitionSpan all(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        List<TopicPartition> only = List.of(partition);
        long from = consumer.beginningOffsets(only).getOrDefault(partition, 0L);
        return new PartitionSpan(
                partition, from, consumer.endOffsets(only).getOrDefault(partition, 0L));
    }

    /**
     * What was appended in a span of time, or earlier but behind something that was.
     *
     * @param fromMs since the epoch, included
     * @param toMs since the epoch, not included
     */
    public static PartitionSpan between(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, long fromMs, long toMs) {
        PartitionSpan all = all(consumer, partition);
        return new PartitionSpan(
                partition,
                at(consumer, partition, fromMs, all.to),
                toMs == Long.MAX_VALUE ? all.to : at(consumer, partition, toMs, all.to));
    }

    private static long at(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, long timeMs, long end) {
        OffsetAndTimestamp found =
                consumer.offsetsForTimes(Map.of(partition, Math.max(0, timeMs))).get(partition);
        return found == null ? end : Math.min(end, found.offset());
    }

    /**
     * Reads it, in order, until its end or until a record is enough. What is malformed is passed
     * over: whoever may write to a topic must not keep others from reading it.
     */
    public void read(
            Consumer<byte[], byte[]> consumer, Predicate<ConsumerRecord<byte[], byte[]>> isEnough) {
        if (from >= to) {
            return;
        }
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        while (consumer.position(partition) < to) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() >= to || isEnough(record, isEnough)) {
                    return;
                }
            }
        }
    }

    private static boolean isEnough(
            ConsumerRecord<byte[], byte[]> record,
            Predicate<ConsumerRecord<byte[], byte[]>> isEnough) {
        try {
            return isEnough.test(record);
        } catch (MalformedException e) {
            LOG.atDebug()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("reason", e.getMessage())
                    .log("record passed over");
            return false;
        }
    }
}
