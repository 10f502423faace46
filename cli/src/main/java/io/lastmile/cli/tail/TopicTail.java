package io.lastmile.cli.tail;

import io.lastmile.cli.KafkaAccess;
import io.lastmile.cli.output.LineFormat;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.Topic;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Prints the committed records of a topic. It reads without a group, so that it moves nobody's
 * offsets and disturbs nobody.
 */
final class TopicTail {
    private static final Duration POLL = Duration.ofMillis(500);

    /**
     * What to print.
     *
     * @param device only its records, which stand in one partition; null for all
     * @param follow whether to wait for more at the end
     * @param countMax ends after so many lines
     * @param payloads whether to show them, or only how long they are
     */
    record Request(
            Topic topic,
            @Nullable DeviceId device,
            StartAt from,
            boolean follow,
            long countMax,
            boolean payloads,
            LineFormat format) {}

    private final Request request;
    private final KafkaSettings kafka;
    private final PrintWriter out;
    private long printed;

    TopicTail(Request request, KafkaSettings kafka, PrintWriter out) {
        this.request = request;
        this.kafka = kafka;
        this.out = out;
    }

    /** Prints until the end, the count, nobody reads it any more, or for ever. */
    void run() {
        try (Consumer<byte[], byte[]> consumer = KafkaAccess.reader(kafka)) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends =
                    request.follow
                            ? new HashMap<>()
                            : new HashMap<>(consumer.endOffsets(partitions));
            seek(consumer, partitions);
            while (printed < request.countMax && !out.checkError()) {
                if (!request.follow && atEnd(consumer, ends)) {
                    return;
                }
                print(consumer.poll(POLL));
            }
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw KafkaAccess.unreachable(kafka);
        }
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
        String name = kafka.topic(request.topic);
        int count = KafkaAccess.partitions(consumer, kafka, name);
        List<TopicPartition> partitions = new ArrayList<>();
        if (request.device != null && request.topic.byDevice()) {
            partitions.add(new TopicPartition(name, Partitions.of(request.device, count)));
        } else {
            for (int p = 0; p < count; p++) {
                partitions.add(new TopicPartition(name, p));
            }
        }
        return partitions;
    }

    private void seek(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        switch (request.from) {
            case StartAt.Earliest _ -> consumer.seekToBeginning(partitions);
            case StartAt.Latest _ -> {
                consumer.seekToEnd(partitions);
                partitions.forEach(consumer::position); // the end of now, not of the first poll
            }
            case StartAt.Time(long ms) -> {
                Map<TopicPartition, Long> times = new HashMap<>();
                partitions.forEach(partition -> times.put(partition, ms));
                Map<TopicPartition, OffsetAndTimestamp> offsets = consumer.offsetsForTimes(times);
                for (TopicPartition partition : partitions) {
                    OffsetAndTimestamp offset = offsets.get(partition);
                    if (offset == null) {
                        consumer.seekToEnd(List.of(partition));
                    } else {
                        consumer.seek(partition, offset.offset());
                    }
                }
            }
        }
    }

    private static boolean atEnd(
            Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
        return ends.isEmpty();
    }

    private void print(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (request.device == null
                    || request.device.value().equals(RecordView.device(request.topic, record))) {
                batch.add(record);
            }
        }
        // Partitions come one after the other; people expect time. The sort keeps each one's order.
        batch.sort(Comparator.comparingLong(ConsumerRecord::timestamp));
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            if (printed == request.countMax) {
                break;
            }
            printed++;
            Map<String, Object> fields = RecordView.of(request.topic, record);
            String line =
                    request.format.line(
                            request.payloads ? fields : RecordView.withoutPayload(fields, record));
            out.print(line);
            out.print('\n');
        }
        out.flush();
    }
}
