package io.lastmile.cli.replay;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.KafkaAccess;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Appends a device's messages of a span of time again, in their order. It reads without a group and
 * ends at what was the end of the topic when it began, so that it never meets its own copies.
 */
final class Replay {
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaSettings kafka;
    private final DeviceId source;
    private final DeviceId target;
    private final long fromMs;
    private final long toMs;

    /** What was done. Ids are those of the new messages, null in a dry run. */
    record Summary(
            long messages,
            long bytes,
            long skipped,
            long firstAtMs,
            long lastAtMs,
            @Nullable MessageId firstId,
            @Nullable MessageId lastId) {
        String text(boolean dryRun, DeviceId source, DeviceId target) {
            String what = dryRun ? "would replay" : "replayed";
            String to = source.equals(target) ? "" : " to " + target;
            if (messages == 0) {
                return "%s nothing: %s has no messages in that time%s"
                        .formatted(what, source, skippedText());
            }
            String ids = firstId == null ? "" : ", as %s to %s".formatted(firstId, lastId);
            return "%s %d message%s of %s%s, accepted %s to %s, %d bytes%s%s"
                    .formatted(
                            what,
                            messages,
                            messages == 1 ? "" : "s",
                            source,
                            to,
                            Instant.ofEpochMilli(firstAtMs),
                            Instant.ofEpochMilli(lastAtMs),
                            bytes,
                            ids,
                            skippedText());
        }

        private String skippedText() {
            return skipped == 0 ? "" : " (%d records skipped)".formatted(skipped);
        }
    }

    Replay(KafkaSettings kafka, DeviceId source, DeviceId target, long fromMs, long toMs) {
        this.kafka = kafka;
        this.source = source;
        this.target = target;
        this.fromMs = fromMs;
        this.toMs = toMs;
    }

    /**
     * Reads and, unless it is a dry run, appends.
     *
     * @throws CommandException where Kafka does not answer or refuses a record
     */
    Summary run(boolean dryRun) {
        try (Consumer<byte[], byte[]> consumer = KafkaAccess.reader(kafka)) {
            String topic = kafka.topic(Topic.MESSAGES);
            int partitions = KafkaAccess.partitions(consumer, kafka, topic);
            if (dryRun) {
                return copy(consumer, partitions, null);
            }
            try (Producer<byte[], byte[]> producer = producer()) {
                return copy(consumer, partitions, producer);
            }
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw KafkaAccess.unreachable(kafka);
        }
    }

    private Summary copy(
            Consumer<byte[], byte[]> consumer,
            int partitions,
            @Nullable Producer<byte[], byte[]> producer) {
        TopicPartition from =
                new TopicPartition(kafka.topic(Topic.MESSAGES), Partitions.of(source, partitions));
        consumer.assign(List.of(from));
        long end = consumer.endOffsets(List.of(from)).getOrDefault(from, 0L);
        OffsetAndTimestamp first = consumer.offsetsForTimes(Map.of(from, fromMs)).get(from);
        consumer.seek(from, first == null ? end : first.offset());

        Copies copies = new Copies(producer, Partitions.of(target, partitions));
        while (consumer.position(from) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < end && isWanted(record)) {
                    copies.add(record);
                }
            }
        }
        return copies.finish();
    }

    private boolean isWanted(ConsumerRecord<byte[], byte[]> record) {
        return record.timestamp() >= fromMs
                && record.timestamp() < toMs
                && Arrays.equals(record.key(), source.bytes());
    }

    private Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                kafka.producer(
                        Map.of(
                                "acks", "all",
                                "enable.idempotence", "true", // keeps the order over retries
                                "linger.ms", "5",
                                "delivery.timeout.ms", "30000",
                                "request.timeout.ms", "10000",
                                "max.block.ms", "10000")),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** The copies of one run. */
    private final class Copies {
        private final @Nullable Producer<byte[], byte[]> producer;
        private final int partition;
        private final Repeats repeats = new Repeats(target);
        private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        private volatile long firstOffset = -1;
        private volatile long lastOffset = -1;
        private long messages;
        private long bytes;
        private long firstAtMs;
        private long lastAtMs;

        Copies(@Nullable Producer<byte[], byte[]> producer, int partition) {
            this.producer = producer;
            this.partition = partition;
        }

        void add(ConsumerRecord<byte[], byte[]> record) {
            byte @Nullable [] value = record.value();
            Payload payload = value == null ? Payload.EMPTY : Payload.of(value);
            MessageId place = new MessageId(record.partition(), record.offset());
            Message copy = repeats.of(source, payload, headers(record), place).orElse(null);
            if (copy == null) {
                return;
            }
            firstAtMs = messages == 0 ? record.timestamp() : firstAtMs;
            lastAtMs = record.timestamp();
            messages++;
            bytes += payload.length();
            if (producer != null) {
                send(producer, copy);
            }
        }

        private void send(Producer<byte[], byte[]> to, Message copy) {
            var record =
                    new ProducerRecord<>(
                            kafka.topic(Topic.MESSAGES),
                            partition,
                            copy.device().bytes(),
                            copy.payload().bytes());
            for (Header header : MessageRecord.headers(copy)) {
                record.headers()
                        .add(header.name(), header.value().getBytes(StandardCharsets.UTF_8));
            }
            var _ =
                    to.send(
                            record,
                            (metadata, e) -> {
                                if (e != null) {
                                    failure.compareAndSet(null, e);
                                } else {
                                    firstOffset = firstOffset < 0 ? metadata.offset() : firstOffset;
                                    lastOffset = metadata.offset();
                                }
                            });
        }

        Summary finish() {
            if (producer != null) {
                producer.flush();
            }
            Exception failed = failure.get();
            if (failed != null) {
                throw CommandException.failed(
                        "Kafka did not take every message (%s); those up to %d-%d are sent again"
                                .formatted(failed.getMessage(), partition, lastOffset));
            }
            return new Summary(
                    messages,
                    bytes,
                    repeats.skipped(),
                    firstAtMs,
                    lastAtMs,
                    firstOffset < 0 ? null : new MessageId(partition, firstOffset),
                    lastOffset < 0 ? null : new MessageId(partition, lastOffset));
        }
    }

    private static List<Header> headers(ConsumerRecord<byte[], byte[]> record) {
        List<Header> headers = new ArrayList<>();
        for (org.apache.kafka.common.header.Header header : record.headers()) {
            byte @Nullable [] value = header.value();
            headers.add(
                    new Header(
                            header.key(),
                            value == null ? "" : new String(value, StandardCharsets.UTF_8)));
        }
        return headers;
    }
}
