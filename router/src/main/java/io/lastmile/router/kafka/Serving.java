package io.lastmile.router.kafka;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.lastmile.node.Metric;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.node.kafka.OwnTime;
import io.lastmile.router.heart.HeartFigures;
import io.lastmile.router.heart.HeartSettings;
import io.lastmile.router.owner.EdgeHops;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.router.owner.OwnedPartitions;
import io.lastmile.router.ownership.OwnershipEvent;
import io.lastmile.wire.NodeRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Puts what a claim restored to work, and ends it: the heart, its commands, the readers that feed
 * it, its producer. Safe for use by several threads; nothing in it waits.
 */
public final class Serving {
    private static final Logger log = LoggerFactory.getLogger(Serving.class);
    private static final Duration CHECKPOINT_WITHIN = Duration.ofSeconds(5);

    private record Claimed(int partition, long epoch) {}

    private record Parts(OwnedPartition owned, OwnerProducer producer) {}

    private final HeartSettings heartSettings;
    private final NodesView nodes;
    private final OwnTime ownTime;
    private final EdgeHops hops;
    private final LogReaders readers;
    private final RecentReceipts receipts;
    private final OwnedPartitions owned;
    private final RouterRuntime runtime;
    private final Map<Claimed, Parts> partsByClaim = new ConcurrentHashMap<>();
    private volatile Consumer<OwnershipEvent> heart = _ -> {};

    /** Serves nothing yet. */
    public Serving(
            HeartSettings heartSettings,
            NodesView nodes,
            OwnTime ownTime,
            EdgeHops hops,
            LogReaders readers,
            RecentReceipts receipts,
            OwnedPartitions owned,
            RouterRuntime runtime) {
        this.heartSettings = heartSettings;
        this.nodes = nodes;
        this.ownTime = ownTime;
        this.hops = hops;
        this.readers = readers;
        this.receipts = receipts;
        this.owned = owned;
        this.runtime = runtime;
        runtime.metrics().gauge(Metric.ROUTER_OWNED, () -> owned.all().size());
        gauge(Metric.ROUTER_ONLINE, HeartFigures::online);
        gauge(Metric.ROUTER_UNSETTLED, HeartFigures::unsettled);
        gauge(Metric.ROUTER_AWAKE, HeartFigures::awake);
    }

    private void gauge(Metric metric, ToLongFunction<HeartFigures> figure) {
        runtime.metrics()
                .gauge(
                        metric,
                        () ->
                                owned.all().stream()
                                        .map(OwnedPartition::figures)
                                        .mapToLong(figure)
                                        .sum());
    }

    /** Who hears what becomes of partitions; set once, before any claim. */
    void tell(Consumer<OwnershipEvent> ownership) {
        heart = ownership;
    }

    /** Assembles what a claim restored, and says what it is; it is not fed yet. */
    HeartFigures restored(int partition, Claim.Claimed claimed) {
        CommandRunner commands =
                new CommandRunner(
                        claimed.producer(),
                        hops,
                        readers,
                        receipts,
                        action -> nodes.readToEnd().thenRun(action),
                        this::failed,
                        runtime);
        OwnedPartition mine =
                new OwnedPartition(
                        partition,
                        claimed.epoch(),
                        heartSettings,
                        claimed.restored(),
                        ownTime::nowMs,
                        () -> NANOSECONDS.toMillis(runtime.clock().nanoTime()),
                        commands);
        partsByClaim.put(
                new Claimed(partition, claimed.epoch()), new Parts(mine, claimed.producer()));
        // Told now, though it is not fed by the readers yet: they wait in line before all else.
        claimed.restored().lostEdges().forEach(mine::edgeGone);
        return mine.figures();
    }

    /** The logs, the hops and the nodes tell it things from now on. */
    void begin(int partition, long epoch) {
        Parts parts = partsByClaim.get(new Claimed(partition, epoch));
        if (parts == null) {
            return;
        }
        OwnedPartition mine = parts.owned;
        readers.messages().add(mine);
        owned.add(mine, hops.connected());
        readers.events().add(mine);
        readers.broadcasts().add(mine);
        // What nodes said between the claim's reading and now.
        nodes.alive(NodeRole.EDGE).forEach(mine::edgeUp);
        nodes.gone(NodeRole.EDGE).forEach(mine::edgeGone);
    }

    private void failed(OwnedPartition mine, RuntimeException cause) {
        LoggingEventBuilder line = cause instanceof KafkaException ? log.atWarn() : log.atError();
        if (!(cause instanceof KafkaException)) {
            line = line.setCause(cause); // a bug of ours
        }
        line.addKeyValue("partition", mine.partition())
                .addKeyValue("epoch", mine.epoch())
                .addKeyValue("reason", String.valueOf(cause.getMessage()))
                .log("partition failed, or another router has claimed it");
        heart.accept(new OwnershipEvent.OwnerFailed(mine.partition(), mine.epoch()));
    }

    /** Ends it. */
    void drop(int partition, long epoch) {
        Parts parts = partsByClaim.remove(new Claimed(partition, epoch));
        if (parts == null) {
            return;
        }
        OwnedPartition mine = parts.owned;
        mine.drop();
        owned.remove(mine);
        readers.messages().remove(mine);
        readers.events().remove(mine);
        readers.broadcasts().remove(mine);
        runtime.workers().execute(parts.producer::close);
        log.atInfo()
                .addKeyValue("partition", partition)
                .addKeyValue("epoch", epoch)
                .addKeyValue("watermark", mine.committedWatermark())
                .log("partition no longer served");
    }

    /** Writes a last checkpoint, bounded, and tells. */
    void handOver(int partition, long epoch) {
        Parts parts = partsByClaim.get(new Claimed(partition, epoch));
        if (parts != null) {
            runtime.workers().execute(() -> handOver(parts.owned));
        }
    }

    private void handOver(OwnedPartition mine) {
        try {
            mine.handOver(CHECKPOINT_WITHIN.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        heart.accept(new OwnershipEvent.HandedOver(mine.partition(), mine.epoch()));
    }

    /** Ends all that is left, at the very end of the process. */
    void dropAll() {
        List.copyOf(partsByClaim.keySet())
                .forEach(claimed -> drop(claimed.partition, claimed.epoch));
    }

    /** The watermark of a partition that is served, null of another. */
    @Nullable Long committedWatermark(int partition) {
        OwnedPartition mine = owned.find(partition);
        return mine == null ? null : mine.committedWatermark();
    }
}
