package io.lastmile.router.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.router.heart.Event;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads messages as a member of the routers' group, and with the group's assignment learns which
 * partitions to own. One thread polls; claims, transactions and restores run elsewhere, so that it
 * never misses the group's deadline.
 */
public final class MessagesReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MessagesReader.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /** While an owner wants no more for now: nobody says when it does again. */
    private static final Duration POLL_PAUSED = Duration.ofMillis(100);

    private static final long GROUP_COMMIT_INTERVAL_MS = 1_000;

    private final String topic;
    private final int partitions;
    private final Ownership ownership;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Metrics.Counter read;
    private final ConcurrentLinkedQueue<Runnable> errands = new ConcurrentLinkedQueue<>();
    private final Map<Integer, OwnedPartition> reading = new HashMap<>();
    private final Map<Integer, Long> groupCommitted = new HashMap<>();
    private final Clock clock;
    private final Thread thread;
    private long groupCommittedMs;
    private volatile long lag;
    private volatile boolean closed;
    private volatile boolean joined;

    /** Joins the group once started. */
    public MessagesReader(
            KafkaSettings kafka,
            int partitions,
            Ownership ownership,
            Clock clock,
            Metrics metrics) {
        this.topic = kafka.topic(Topic.MESSAGES);
        this.partitions = partitions;
        this.ownership = ownership;
        this.clock = clock;
        this.read = metrics.counter(Metric.ROUTER_READ);
        metrics.gauge(Metric.ROUTER_LAG, () -> lag);
        this.consumer =
                new KafkaConsumer<>(
                        kafka.consumer(
                                Map.of(
                                        ConsumerConfig.GROUP_ID_CONFIG,
                                        kafka.routerGroup(),
                                        ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                                        "consumer",
                                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                        "read_committed",
                                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                        "none",
                                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                        false,
                                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                        2_000)),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        this.thread = Thread.ofPlatform().name("router-messages").unstarted(this::run);
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    /** Whether the group has taken this member. */
    public boolean hasJoined() {
        return joined;
    }

    private void run() {
        consumer.subscribe(List.of(topic), new Assignment());
        while (!closed) {
            try {
                runErrands();
                pauseAndResume();
                take(consumer.poll(consumer.paused().isEmpty() ? POLL : POLL_PAUSED));
                joined = joined || consumer.groupMetadata().generationId() > 0;
                commitToGroup();
            } catch (WakeupException e) {
                // an errand, or the end
            } catch (OffsetOutOfRangeException e) {
                e.offsetOutOfRangePartitions().keySet().forEach(place -> lost(place, e));
            } catch (KafkaException e) {
                log.atWarn()
                        .addKeyValue("reason", String.valueOf(e.getMessage()))
                        .log("messages not read, trying again");
            } catch (RuntimeException e) { // a bug; the other partitions go on
                log.atError().setCause(e).log("reading messages failed");
            }
        }
        ownership.handOver(List.copyOf(reading.values()));
        consumer.close();
    }

    /** Retention took what was to be read next. A claim goes on behind the gap, and counts it. */
    private void lost(TopicPartition place, OffsetOutOfRangeException gap) {
        consumer.pause(List.of(place)); // or every poll would fail, for the others too
        OwnedPartition owned = reading.remove(place.partition());
        if (owned != null) {
            owned.lost(gap);
        }
    }

    private void runErrands() {
        for (Runnable errand = errands.poll(); errand != null; errand = errands.poll()) {
            errand.run();
        }
    }

    /** Has the poll thread do it soon. */
    private void soon(Runnable errand) {
        errands.add(errand);
        consumer.wakeup();
    }

    /** The partition was claimed: reads it from its watermark on, if it is still assigned. */
    void begin(OwnedPartition owned) {
        soon(() -> {
            TopicPartition place = place(owned.partition());
            if (!consumer.assignment().contains(place)) {
                ownership.dropped(owned);
                return;
            }
            reading.put(owned.partition(), owned);
            consumer.seek(place, owned.start().watermark());
            consumer.resume(List.of(place));
            ownership.began(owned);
        });
    }

    /**
     * The partition was lost by a failed transaction, or its claim failed. It is claimed again only
     * after the group has accepted a commit of this member and while it is assigned to it:
     * otherwise two owners would fence each other for ever. Nothing is to be done where the group
     * took it away and gave it back in the meantime: a second claim would fence the first.
     *
     * @param lost what was owned; null where the claim failed
     */
    void again(int partition, long watermark, @Nullable OwnedPartition lost) {
        soon(() -> tryAgain(partition, watermark, lost));
    }

    private void tryAgain(int partition, long watermark, @Nullable OwnedPartition lost) {
        if (lost != null) {
            reading.remove(partition, lost);
        }
        TopicPartition place = place(partition);
        if (reading.containsKey(partition)
                || ownership.isClaiming(partition)
                || !consumer.assignment().contains(place)) {
            return;
        }
        consumer.pause(List.of(place));
        try {
            consumer.commitSync(
                    Map.of(place, new OffsetAndMetadata(watermark)), Duration.ofSeconds(5));
            ownership.claim(partition);
        } catch (WakeupException e) {
            // Another errand's. This one stays in line without one of its own, which would
            // interrupt the next attempt, and so on for ever.
            errands.add(() -> tryAgain(partition, watermark, lost));
        } catch (KafkaException e) {
            log.atInfo()
                    .addKeyValue("partition", partition)
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("claim waits for the group to accept a commit");
            ownership.later(() -> again(partition, watermark, lost));
        }
    }

    /**
     * Only where it changes: each call waits for the client's own thread, twenty times a second.
     */
    private void pauseAndResume() {
        Set<TopicPartition> paused = consumer.paused();
        for (OwnedPartition owned : reading.values()) {
            TopicPartition place = place(owned.partition());
            boolean wants = owned.wantsMessages();
            if (wants && paused.contains(place)) {
                consumer.resume(List.of(place));
            } else if (!wants && !paused.contains(place)) {
                consumer.pause(List.of(place));
            }
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition place : records.partitions()) {
            OwnedPartition owned = reading.get(place.partition());
            if (owned == null) {
                continue;
            }
            List<ConsumerRecord<byte[], byte[]>> batch = records.records(place);
            List<Event> events = new ArrayList<>(batch.size() + 1);
            for (ConsumerRecord<byte[], byte[]> record : batch) {
                Event event = MessageReading.read(record, partitions);
                if (event instanceof Event.MessageRead message) {
                    ownership.keepBody(place.partition(), message);
                }
                events.add(event);
            }
            read.add(batch.size());
            owned.feed(events);
        }
        // The position passes markers and holes, which no record tells of.
        long behind = 0;
        for (OwnedPartition owned : reading.values()) {
            TopicPartition place = place(owned.partition());
            owned.feedMessagesReadTo(consumer.position(place));
            behind += consumer.currentLag(place).orElse(0);
        }
        lag = behind;
    }

    /** For people's lag tools; the checkpoint decides. */
    private void commitToGroup() {
        if (clock.nowMs() - groupCommittedMs < GROUP_COMMIT_INTERVAL_MS || reading.isEmpty()) {
            return;
        }
        groupCommittedMs = clock.nowMs();
        groupCommitted.keySet().retainAll(reading.keySet());
        Map<TopicPartition, OffsetAndMetadata> watermarks = new HashMap<>();
        for (OwnedPartition owned : reading.values()) {
            long watermark = owned.committedWatermark();
            Long before = groupCommitted.put(owned.partition(), watermark);
            if (before == null || before != watermark) {
                watermarks.put(place(owned.partition()), new OffsetAndMetadata(watermark));
            }
        }
        if (!watermarks.isEmpty()) {
            consumer.commitAsync(
                    watermarks,
                    (_, failure) -> {
                        if (failure != null) {
                            groupCommitted.clear(); // all of them again
                        }
                    });
        }
    }

    private TopicPartition place(int partition) {
        return new TopicPartition(topic, partition);
    }

    /** What the group gives and takes away; called within poll. */
    private final class Assignment implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            for (TopicPartition place : assigned) {
                consumer.seek(place, 0); // some position, or poll would ask the group for one
            }
            consumer.pause(assigned);
            assigned.forEach(place -> ownership.claim(place.partition()));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            List<OwnedPartition> leaving = take(revoked);
            ownership.handOver(leaving);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> lost) {
            take(lost).forEach(ownership::dropped);
        }

        private List<OwnedPartition> take(Collection<TopicPartition> places) {
            List<OwnedPartition> taken = new ArrayList<>();
            for (TopicPartition place : places) {
                ownership.cancelClaim(place.partition());
                OwnedPartition owned = reading.remove(place.partition());
                if (owned != null) {
                    taken.add(owned);
                }
            }
            return taken;
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(15));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
