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
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
     * @param edges reads nodes to its end and says which edges are not gone
     * @throws RuntimeException where Kafka fails, or another claimed later: to be tried again
     */
    Claimed run(ClaimRecord record, Supplier<Set<Incarnation>> edges, BooleanSupplier cancelled)
            throws InterruptedException {
        OwnerProducer producer = new OwnerProducer(kafka, topics, partition);
        try (StateReader reader = new StateReader(kafka, partition, cancelled, clock, metrics)) {
            // Nearly all of it before the claim: whoever owns the partition serves it meanwhile.
            long inboxRecords = reader.readToEnd(Topic.INBOX, this::inbox);
            long presenceRecords = reader.readToEnd(Topic.PRESENCE, this::presence);
            long epoch = producer.claim(record);
            inboxRecords += reader.readPast(Topic.INBOX, epoch, this::inbox);
            presenceRecords += reader.readToEnd(Topic.PRESENCE, this::presence);
            Positions positions = positions(reader);
            Restored restored =
                    new Restored(
                            positions, reader.end(Topic.EVENTS), devices, idempotency, edges.get());
            return new Claimed(epoch, producer, restored, inboxRecords, presenceRecords);
        } catch (RuntimeException | InterruptedException e) {
            producer.close();
            throw e;
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

    private Positions positions(StateReader reader) {
        long messagesStart = reader.start(Topic.MESSAGES);
        long eventsStart = reader.start(Topic.EVENTS);
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
