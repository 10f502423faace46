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
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.record.ArrivalRecord;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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

    /** Above the newest version known: so far on, it is a later release's; beyond, it is noise. */
    private static final int VERSIONS_TO_COME = 16;

    private static final Duration NODES_WAIT = Duration.ofSeconds(30);

    /** Who is before may wait for a broker that died: no reason to wait with it for long. */
    private static final Duration TURN_WAIT = Duration.ofSeconds(1);

    private final KafkaSettings kafka;
    private final TopicIds topics;
    private final int partition;
    private final Clock clock;
    private final Metrics metrics;
    private final RestoredDevices devices;
    private final Quarantine quarantine;
    private final Map<Place, String> newerByPlace = new LinkedHashMap<>();
    private boolean isCheckpointUnreadable;
    private final Map<InboxKey.Idempotency, IdempotencyRecord> idempotency = new HashMap<>();
    private final Map<Integer, ArrivalRecord> arrivals = new HashMap<>();
    private @Nullable CheckpointRecord checkpoint;

    Claim(KafkaSettings kafka, TopicIds topics, int partition, Clock clock, Metrics metrics) {
        this.kafka = kafka;
        this.topics = topics;
        this.partition = partition;
        this.clock = clock;
        this.metrics = metrics;
        this.devices = new RestoredDevices(partition);
        this.quarantine = new Quarantine(metrics);
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
     * @param permit asked for before the predecessor is fenced
     * @param edges that are not known to be gone; nodes has been read far enough to have told of
     *     each that it is given. What is gone by now is told later
     * @throws RuntimeException where Kafka fails, or another claimed later: to be tried again
     */
    Claimed run(
            ClaimRecord record,
            Semaphore turns,
            Function<Set<Incarnation>, CompletableFuture<Set<Incarnation>>> edges,
            FencingPermit permit)
            throws InterruptedException {
        OwnerProducer producer = new OwnerProducer(kafka, topics, partition);
        try (StateReader reader =
                new StateReader(
                        kafka,
                        partition,
                        Map.of(Topic.INBOX, this::inbox, Topic.PRESENCE, this::presence),
                        permit::isRefused,
                        clock,
                        metrics)) {
            // Nearly all of it before the claim: whoever owns the partition serves it meanwhile.
            reader.readTo(reader.ends(Topic.INBOX, Topic.PRESENCE));
            refuseStateOfNewerRelease();
            Map<Topic, Long> starts = reader.starts(Topic.MESSAGES, Topic.EVENTS);
            permit.await(); // all ask at once: one look at the end of nodes serves all
            boolean hasTurn = turns.tryAcquire(TURN_WAIT.toSeconds(), TimeUnit.SECONDS);
            try {
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
        refuseStateOfNewerRelease();
        quarantine(producer);
        Restored restored =
                new Restored(
                        positions(starts),
                        of(Topic.EVENTS, ends),
                        devices,
                        idempotency,
                        arrivals,
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

    void inbox(ConsumerRecord<byte[], byte[]> record) {
        read(Topic.INBOX, record, this::inboxState);
    }

    void presence(ConsumerRecord<byte[], byte[]> record) {
        read(Topic.PRESENCE, record, this::presenceState);
    }

    /** Reads one, which may not be any owner's: then the partition goes on without it. */
    private void read(Topic topic, ConsumerRecord<byte[], byte[]> record, KeyedState state) {
        byte[] key = record.key();
        boolean hasOwnersKey = false;
        try {
            if (key == null) {
                throw new MalformedException("key", "there is none");
            }
            quarantine.passed(topic, key);
            newerByPlace.remove(new Place(topic, ByteBuffer.wrap(key)));
            Consumer<byte @Nullable []> place = state.at(key);
            hasOwnersKey = true;
            place.accept(record.value());
        } catch (RuntimeException e) {
            if (hasOwnersKey && isOfNewerRelease(e, record.value())) {
                newerByPlace.put(
                        new Place(topic, ByteBuffer.wrap(key)),
                        kafka.topic(topic) + " at offset " + record.offset());
            } else if (record.value() != null) { // nothing is taken back where nothing is known
                quarantine.add(topic, record, hasOwnersKey, e);
            }
        }
    }

    /** What stands behind it may have replaced it: only what is left counts. */
    void refuseStateOfNewerRelease() {
        if (!newerByPlace.isEmpty()) {
            throw new IllegalStateException(
                    "partition "
                            + partition
                            + " has state of a newer release in "
                            + newerByPlace.values().iterator().next()
                            + ": run that release or, where none ever ran, see"
                            + " docs/operating/recovery.md");
        }
    }

    private record Place(Topic topic, ByteBuffer key) {}

    /** What a key says, and what is then done with its value. */
    private interface KeyedState {
        /** Throws where it is no key of an owner's. */
        Consumer<byte @Nullable []> at(byte[] key);
    }

    private static boolean isOfNewerRelease(RuntimeException e, byte @Nullable [] value) {
        return e instanceof MalformedException malformed
                && malformed.field().equals("version")
                && value != null
                && value.length > 0
                && value[0] > 0
                && value[0] <= VERSIONS_TO_COME;
    }

    /** As many as a claim can hold. Nobody else writes here any more. */
    private void quarantine(OwnerProducer producer) {
        List<Quarantine.Unreadable> all = quarantine.all();
        if (all.isEmpty()) {
            return;
        }
        producer.quarantine(all);
        for (Quarantine.Unreadable one : all) {
            metrics.counter(Metric.ROUTER_REJECTED, one.topic().label()).increment();
        }
        log.atError()
                .addKeyValue("partition", partition)
                .addKeyValue("records", all.size())
                .addKeyValue("firstTopic", all.getFirst().topic().label())
                .addKeyValue("firstOffset", all.getFirst().record().offset())
                .log("state that no owner wrote went to rejects: somebody else writes to it");
    }

    List<Quarantine.Unreadable> unreadable() {
        return quarantine.all();
    }

    private Consumer<byte @Nullable []> inboxState(byte[] keyBytes) {
        InboxKey key = InboxKey.decode(keyBytes);
        return value -> inbox(key, value);
    }

    private Consumer<byte @Nullable []> presenceState(byte[] keyBytes) {
        DeviceId device = DeviceId.ofBytes(keyBytes);
        if (device == null) {
            throw new MalformedException("key", DeviceId.RULE);
        }
        return value ->
                devices.presence(device, value == null ? null : PresenceRecord.decode(value));
    }

    private void inbox(InboxKey inboxKey, byte @Nullable [] value) {
        switch (inboxKey) {
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
            case InboxKey.Checkpoint _ -> {
                isCheckpointUnreadable = true;
                checkpoint = value == null ? null : CheckpointRecord.decode(value);
                isCheckpointUnreadable = false;
            }
            case InboxKey.Arrival(var from) -> {
                if (value == null) {
                    arrivals.remove(from);
                } else {
                    arrivals.put(from, ArrivalRecord.decode(value));
                }
            }
            case InboxKey.Claim _ -> {} // this one or an older one
        }
    }

    Positions positions(Map<Topic, Long> starts) {
        long messagesStart = of(Topic.MESSAGES, starts);
        long eventsStart = of(Topic.EVENTS, starts);
        CheckpointRecord last = checkpoint;
        if (last == null && isCheckpointUnreadable) {
            throw new IllegalStateException(
                    "the checkpoint of partition "
                            + partition
                            + " in "
                            + kafka.topic(Topic.INBOX)
                            + " cannot be read, and none stands before it: see"
                            + " docs/operating/recovery.md");
        }
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
