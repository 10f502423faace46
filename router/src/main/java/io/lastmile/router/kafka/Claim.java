package io.lastmile.router.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.heart.RestoredDevices;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a partition: fences the predecessor, writes the claim, and reads what the predecessor
 * committed last. Blocks for as long as Kafka and the size of the state take; runs off the poll
 * thread.
 */
final class Claim {
    private static final Logger log = LoggerFactory.getLogger(Claim.class);

    private static final Duration NODES_WAIT = Duration.ofSeconds(30);

    /** Who is before may wait for a broker that died: no reason to wait with it for long. */
    private static final Duration TURN_WAIT = Duration.ofSeconds(1);

    private final KafkaSettings kafka;
    private final TopicIds topics;
    private final int partition;
    private final Clock clock;
    private final Metrics metrics;
    private final RestoredDevices devices;
    private final Map<InboxKey.Idempotency, IdempotencyRecord> idempotency = new HashMap<>();
    private @Nullable CheckpointRecord checkpoint;

    Claim(KafkaSettings kafka, TopicIds topics, int partition, Clock clock, Metrics metrics) {
        this.kafka = kafka;
        this.topics = topics;
        this.partition = partition;
        this.clock = clock;
        this.metrics = metrics;
        this.devices = new RestoredDevices(partition);
    }

    /**
     * What a claim leads to.
     *
     * @param producer open, the caller's to close
     * @param inboxRecords read for what was restored: more than there are keys where the topic is
     *     not compacted yet
     * @param presenceRecords the same of presence
     */
    record Claimed(
            long epoch,
            OwnerProducer producer,
            Restored restored,
            long inboxRecords,
            long presenceRecords) {}

    /**
     * Claims.
     *
     * @param turns of claims that have fenced a predecessor and are not done, whose devices wait;
     *     one that gets none goes on without after a while
     * @param edges that are not known to be gone; nodes has been read far enough to have told of
     *     each that it is given. What is gone by now is told later
     * @throws RuntimeException where Kafka fails, or another claimed later: to be tried again
     */
    Claimed run(
            ClaimRecord record,
            Semaphore turns,
            Function<Set<Incarnation>, CompletableFuture<Set<Incarnation>>> edges,
            BooleanSupplier cancelled)
            throws InterruptedException {
        OwnerProducer producer = new OwnerProducer(kafka, topics, partition);
        try (StateReader reader =
                new StateReader(
                        kafka,
                        partition,
                        Map.of(Topic.INBOX, this::inbox, Topic.PRESENCE, this::presence),
                        cancelled,
                        clock,
                        metrics)) {
            // Nearly all of it before the claim: whoever owns the partition serves it meanwhile.
            reader.readTo(reader.ends(Topic.INBOX, Topic.PRESENCE));
            Map<Topic, Long> starts = reader.starts(Topic.MESSAGES, Topic.EVENTS);
            boolean hasTurn = turns.tryAcquire(TURN_WAIT.toSeconds(), TimeUnit.SECONDS);
            try {
                if (cancelled.getAsBoolean()) { // it would fence another's claim
                    throw new ClaimCancelledException();
                }
                return fenced(reader, starts, producer, record, edges);
            } finally {
                if (hasTurn) {
                    turns.release();
                }
            }
        } catch (RuntimeException | InterruptedException e) {
            producer.close();
            throw e;
        }
    }

    /** From here on nobody serves the partition: as few answers are waited for as can be. */
    private Claimed fenced(
            StateReader reader,
            Map<Topic, Long> starts,
            OwnerProducer producer,
            ClaimRecord record,
            Function<Set<Incarnation>, CompletableFuture<Set<Incarnation>>> edges)
            throws InterruptedException {
        long epoch = producer.claim(record);
        Map<Topic, Long> ends = reader.ends(Topic.PRESENCE, Topic.EVENTS);
        reader.readTo(Map.of(Topic.INBOX, epoch + 1, Topic.PRESENCE, of(Topic.PRESENCE, ends)));
        Restored restored =
                new Restored(
                        positions(starts),
                        of(Topic.EVENTS, ends),
                        devices,
                        idempotency,
                        await(edges.apply(devices.edges())));
        return new Claimed(
                epoch, producer, restored, reader.count(Topic.INBOX), reader.count(Topic.PRESENCE));
    }

    private static long of(Topic topic, Map<Topic, Long> offsets) {
        return Objects.requireNonNull(offsets.get(topic), "an offset that was asked for");
    }

    private static Set<Incarnation> await(CompletableFuture<Set<Incarnation>> edges)
            throws InterruptedException {
        try {
            return edges.get(NODES_WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("nodes was not read to its end", e);
        }
    }

    private void inbox(byte[] keyBytes, byte @Nullable [] value) {
        switch (InboxKey.decode(keyBytes)) {
            case InboxKey.Parked(var device, var offset) ->
                    devices.parked(
                            device, offset, value == null ? null : ParkedRecord.decode(value));
            case InboxKey.Idempotency key -> {
                if (value == null) {
                    idempotency.remove(key);
                } else {
                    idempotency.put(key, IdempotencyRecord.decode(value));
                }
            }
            case InboxKey.Checkpoint _ ->
                    checkpoint = value == null ? null : CheckpointRecord.decode(value);
            case InboxKey.Claim _ -> {} // this one or an older one
        }
    }

    private void presence(byte[] key, byte @Nullable [] value) {
        DeviceId device = MessageReading.device(key);
        if (device != null) {
            devices.presence(device, value == null ? null : PresenceRecord.decode(value));
        }
    }

    private Positions positions(Map<Topic, Long> starts) {
        long messagesStart = of(Topic.MESSAGES, starts);
        long eventsStart = of(Topic.EVENTS, starts);
        CheckpointRecord last = checkpoint;
        if (last == null) {
            return new Positions(messagesStart, eventsStart, new long[0]);
        }
        refuseAnotherLog(Topic.MESSAGES, last.messagesTopicId());
        refuseAnotherLog(Topic.EVENTS, last.eventsTopicId());
        long watermark = readableFrom(Topic.MESSAGES, last.watermark(), messagesStart);
        long events = readableFrom(Topic.EVENTS, last.eventsPosition(), eventsStart);
        return new Positions(watermark, events, last.settledAbove());
    }

    private void refuseAnotherLog(Topic topic, String id) {
        if (!id.equals(topics.id(topic).toString())) {
            throw new IllegalStateException(
                    kafka.topic(topic)
                            + " was deleted and made again, its old state is in "
                            + kafka.topic(Topic.INBOX)
                            + ": delete inbox and presence too, or bring the topic back");
        }
    }

    /** The checkpoint's position, or the start of what retention left. */
    long readableFrom(Topic topic, long position, long start) {
        if (position >= start) {
            return position;
        }
        metrics.counter(Metric.ROUTER_LOG_GAPS, topic.label()).increment();
        log.atError()
                .addKeyValue("partition", partition)
                .addKeyValue("topic", topic.label())
                .addKeyValue("checkpoint", position)
                .addKeyValue("start", start)
                .log("log gap: retention took records that were not read");
        return start;
    }
}
