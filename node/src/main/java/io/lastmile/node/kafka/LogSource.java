package io.lastmile.node.kafka;

import io.lastmile.node.replay.Course;
import io.lastmile.node.replay.Replay;
import io.lastmile.node.replay.ReplayFailedException;
import io.lastmile.node.replay.Selection;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the selected messages from the topic, all partitions side by side and each in its order,
 * without a group. It ends at what was the end when it began, so that it never meets its own
 * copies. One thread.
 */
public final class LogSource {
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaSettings kafka;
    private final Consumer<byte[], byte[]> consumer;
    private final Selection selection;
    private final int partitions;
    private final String topic;

    /**
     * Reads with a consumer, which it assigns.
     *
     * @param partitions that the topic has
     */
    public LogSource(
            KafkaSettings kafka,
            Consumer<byte[], byte[]> consumer,
            int partitions,
            Selection selection) {
        this.kafka = kafka;
        this.consumer = consumer;
        this.selection = selection;
        topic = kafka.topic(Topic.MESSAGES);
        this.partitions = partitions;
    }

    /** What is to be read. */
    public Course plan() {
        Map<Integer, Long> starts = new TreeMap<>();
        Map<Integer, Long> ends = new TreeMap<>();
        for (PartitionSpan span : spans()) {
            starts.put(span.partition().partition(), span.from());
            ends.put(span.partition().partition(), span.to());
        }
        return Course.beginning(starts, ends);
    }

    private List<PartitionSpan> spans() {
        List<PartitionSpan> spans = new ArrayList<>();
        for (int partition : wanted()) {
            TopicPartition place = new TopicPartition(topic, partition);
            Selection.Ids ids = selection.ids();
            PartitionSpan span;
            if (ids == null) {
                // Not only up to the time: what was accepted before may be appended again later.
                span = PartitionSpan.between(consumer, place, selection.fromMs(), Long.MAX_VALUE);
            } else {
                PartitionSpan all = PartitionSpan.all(consumer, place);
                span =
                        new PartitionSpan(
                                place,
                                Math.max(all.from(), ids.first().offset()),
                                Math.min(all.to(), ids.last().offset() + 1));
            }
            spans.add(span);
        }
        return spans;
    }

    private Set<Integer> wanted() {
        Set<Integer> wanted = new TreeSet<>();
        Set<DeviceId> devices = selection.devices();
        if (selection.ids() != null) {
            wanted.add(Math.min(selection.ids().first().partition(), partitions - 1));
        } else if (devices == null) {
            for (int partition = 0; partition < partitions; partition++) {
                wanted.add(partition);
            }
        } else {
            devices.forEach(device -> wanted.add(Partitions.of(device, partitions)));
        }
        return wanted;
    }

    /**
     * Reads from the replay's positions to its ends, or until it is stopped.
     *
     * @throws ReplayFailedException where more ended so than can be kept
     */
    public void read(Replay replay) {
        Outcome outcome = selection.outcome();
        Set<MessageId> ended =
                outcome == null
                        ? null
                        : EndedSo.read(consumer, kafka, wanted(), selection, outcome);
        Map<TopicPartition, Long> ends = new HashMap<>();
        Course begun = replay.begun();
        begun.ends()
                .forEach((partition, end) -> {
                    if (begun.position(partition) < end) {
                        ends.put(new TopicPartition(topic, partition), end);
                    }
                });
        consumer.assign(ends.keySet());
        ends.keySet().forEach(place -> consumer.seek(place, begun.position(place.partition())));
        while (!ends.isEmpty() && !replay.isStopped()) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (TopicPartition place : records.partitions()) {
                for (ConsumerRecord<byte[], byte[]> record : records.records(place)) {
                    if (record.offset() < ends.getOrDefault(place, 0L)) {
                        take(record, ended, replay);
                        replay.readTo(place.partition(), record.offset() + 1);
                    }
                }
            }
            List<TopicPartition> done = new ArrayList<>();
            ends.forEach((place, end) -> {
                if (consumer.position(place) >= end) { // also over what no record tells of
                    replay.readTo(place.partition(), end);
                    done.add(place);
                }
            });
            consumer.pause(done);
            done.forEach(ends::remove);
        }
    }

    private void take(
            ConsumerRecord<byte[], byte[]> record, @Nullable Set<MessageId> ended, Replay replay) {
        DeviceId device = device(record.key());
        if (device == null || !selection.isOf(device)) {
            return;
        }
        byte @Nullable [] value = record.value();
        MessageId place = new MessageId(record.partition(), record.offset());
        Message message;
        try {
            message =
                    MessageRecord.decode(
                            device,
                            value == null ? Payload.EMPTY : Payload.of(value),
                            KafkaHeaders.read(record.headers()));
        } catch (MalformedException e) {
            replay.skip();
            return;
        }
        MessageId origin = message.origin();
        long acceptedAtMs = origin == null ? record.timestamp() : message.acceptedAtMs();
        MessageId id = origin == null ? place : origin;
        if (selection.has(device, id, acceptedAtMs) && (ended == null || ended.contains(id))) {
            boolean isMisplaced = Partitions.of(device, partitions) != record.partition();
            replay.take(message, place, acceptedAtMs, isMisplaced);
        }
    }

    private static @Nullable DeviceId device(byte @Nullable [] key) {
        String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        return DeviceId.isValid(text) ? new DeviceId(text) : null;
    }
}
