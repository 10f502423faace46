package io.lastmile.router.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This router's place in the routers' group, whose assignment of messages says which partitions to
 * own. It reads nothing itself: what is assigned is read by the owner, who may go on for a moment
 * when the group has given the partition to another. One thread polls, and nothing keeps it from
 * meeting the group's deadlines.
 */
public final class GroupMember implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupMember.class);

    /** How long news of the assignment may wait. */
    private static final Duration POLL = Duration.ofMillis(100);

    private static final long COMMIT_INTERVAL_MS = 1_000;

    private final String topic;
    private final Ownership ownership;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ConcurrentLinkedQueue<Runnable> errands = new ConcurrentLinkedQueue<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final Clock clock;
    private final Thread thread;
    private long committedMs;
    private volatile boolean closed;
    private volatile boolean joined;

    /** Joins the group once started. */
    public GroupMember(KafkaSettings kafka, Ownership ownership, Clock clock) {
        this.topic = kafka.topic(Topic.MESSAGES);
        this.ownership = ownership;
        this.clock = clock;
        this.consumer =
                new KafkaConsumer<>(
                        kafka.consumer(
                                Map.of(
                                        ConsumerConfig.GROUP_ID_CONFIG,
                                        kafka.routerGroup(),
                                        ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                                        "consumer",
                                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                        "none",
                                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                        false)),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        this.thread = Thread.ofPlatform().name("router-group").unstarted(this::run);
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
                var _ = consumer.poll(POLL); // all is paused: only the assignment comes
                joined = joined || consumer.groupMetadata().generationId() > 0;
                commit();
            } catch (WakeupException e) {
                // an errand, or the end
            } catch (KafkaException e) {
                log.atWarn()
                        .addKeyValue("reason", String.valueOf(e.getMessage()))
                        .log("group not reached, trying again");
            } catch (RuntimeException e) { // a bug; the partitions are owned until another's are
                log.atError().setCause(e).log("following the group failed");
            }
        }
        consumer.close(); // everything is revoked
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

    /** The partition was claimed: it begins, if it is still assigned. */
    void claimed(OwnedPartition owned) {
        soon(() -> {
            if (consumer.assignment().contains(place(owned.partition()))) {
                ownership.begin(owned);
            } else {
                ownership.dropped(owned);
            }
        });
    }

    /**
     * The partition was lost by a failed transaction, or its claim failed. It is claimed again only
     * after the group has accepted a commit of this member and while it is assigned to it:
     * otherwise two owners would fence each other for ever. Nothing is to be done where the group
     * took it away and gave it back in the meantime: a second claim would fence the first.
     */
    void again(int partition, long watermark) {
        soon(() -> tryAgain(partition, watermark));
    }

    private void tryAgain(int partition, long watermark) {
        TopicPartition place = place(partition);
        if (ownership.isClaimedOrClaiming(partition) || !consumer.assignment().contains(place)) {
            return;
        }
        try {
            consumer.commitSync(
                    Map.of(place, new OffsetAndMetadata(watermark)), Duration.ofSeconds(5));
            ownership.claim(partition);
        } catch (WakeupException e) {
            // Another errand's. This one stays in line without one of its own, which would
            // interrupt the next attempt, and so on for ever.
            errands.add(() -> tryAgain(partition, watermark));
        } catch (KafkaException e) {
            log.atInfo()
                    .addKeyValue("partition", partition)
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("claim waits for the group to accept a commit");
            ownership.later(() -> again(partition, watermark));
        }
    }

    /** For people's lag tools; the checkpoint decides. */
    private void commit() {
        if (clock.nowMs() - committedMs < COMMIT_INTERVAL_MS) {
            return;
        }
        committedMs = clock.nowMs();
        committed.keySet().retainAll(consumer.assignment());
        Map<TopicPartition, OffsetAndMetadata> watermarks = new HashMap<>();
        for (TopicPartition place : consumer.assignment()) {
            OwnedPartition owned = ownership.find(place.partition());
            if (owned == null) {
                continue;
            }
            long watermark = owned.committedWatermark();
            Long before = committed.put(place, watermark);
            if (before == null || before != watermark) {
                watermarks.put(place, new OffsetAndMetadata(watermark));
            }
        }
        if (!watermarks.isEmpty()) {
            consumer.commitAsync(
                    watermarks,
                    (_, failure) -> {
                        if (failure != null) {
                            committed.clear(); // all of them again
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
            revoked.forEach(place -> ownership.letGo(place.partition()));
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> lost) {
            lost.forEach(place -> ownership.lost(place.partition()));
        }
    }

    /** Leaves the group. What it owned is let go, see {@link Ownership}. */
    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            consumer.close();
            return;
        }
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(15));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
