package io.lastmile.router.kafka;

import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.router.owner.OwnedPartitions;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watermarks as offsets of the routers' group, which has no members, so that people's tools see
 * how far delivery is behind. Nobody here reads them: checkpoints decide. One thread.
 */
public final class GroupOffsets implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupOffsets.class);

    /** Brokers forget offsets after a week without a commit. */
    private static final long AGAIN_AFTER_NS = Duration.ofDays(1).toNanos();

    private record Committed(long watermark, long atNs) {}

    private final KafkaSettings kafka;
    private final OwnedPartitions owned;
    private final RouterRuntime runtime;
    private final Admin admin;
    private final Map<Integer, Committed> committedByPartition = new HashMap<>();

    /** Nothing is committed yet. */
    public GroupOffsets(KafkaSettings kafka, OwnedPartitions owned, RouterRuntime runtime) {
        this.kafka = kafka;
        this.owned = owned;
        this.runtime = runtime;
        this.admin = Admin.create(kafka.admin(Map.of()));
    }

    /** Commits what has moved since, and once a day what has not. Does not wait. */
    public void commit() {
        long nowNs = runtime.clock().nanoTime();
        Map<TopicPartition, OffsetAndMetadata> moved = new HashMap<>();
        for (OwnedPartition mine : owned.all()) {
            long watermark = mine.committedWatermark();
            Committed before = committedByPartition.get(mine.partition());
            if (before == null
                    || before.watermark != watermark
                    || nowNs - before.atNs > AGAIN_AFTER_NS) {
                committedByPartition.put(mine.partition(), new Committed(watermark, nowNs));
                moved.put(
                        new TopicPartition(kafka.topic(Topic.MESSAGES), mine.partition()),
                        new OffsetAndMetadata(watermark));
            }
        }
        if (!moved.isEmpty()) {
            var _ =
                    admin.alterConsumerGroupOffsets(kafka.routerGroup(), moved)
                            .all()
                            .whenComplete((_, failure) -> failed(failure));
        }
    }

    private static void failed(Throwable failure) {
        if (failure != null) {
            log.atDebug()
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("offsets for lag tools not committed");
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
