package io.lastmile.router.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.node.kafka.OwnTime;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.HeartFigures;
import io.lastmile.router.heart.HeartSettings;
import io.lastmile.router.hop.Hops;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.NodeRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * How partitions come and go: claimed when the group assigns them, let go when it takes them away,
 * dropped and claimed again when a transaction fails.
 *
 * <pre>
 *   assigned -> claiming -> claimed -> owned -> let go -> the successor has claimed it
 *                  |                     |         +----> nobody has: handed over
 *                  +-- failed, lost -----+--> claimed again, once the group has accepted a commit
 * </pre>
 *
 * What is let go is still owned, and its devices served, until the successor's claim fences this
 * owner: so they wait for less than a claim takes. A last checkpoint hands over what nobody claims
 * in time, or nobody is there to claim.
 *
 * <p>Safe for use by several threads; nothing in it waits but {@link #close}, which is bounded.
 */
public final class Ownership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Ownership.class);
    private static final long RETRY_MS = 1_000;

    /**
     * Claims that fence a predecessor at the same time, unless they have waited for long: more
     * would take the processors from each other, and the devices of each would wait for all.
     */
    private static final int CLAIMS_AT_ONCE =
            Math.max(2, Runtime.getRuntime().availableProcessors());

    private final Incarnation self;
    private final KafkaSettings kafka;
    private final TopicIds topics;
    private final HeartSettings heartSettings;
    private final NodesView nodes;
    private final OwnTime ownTime;
    private final Hops hops;
    private final Bodies bodies;
    private final RecentReceipts receipts;
    private final OwnedPartitions owned;
    private final MessagesReader messages;
    private final EventsReader events;
    private final ExecutorService workers;
    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final Metrics metrics;
    private final Map<Integer, AtomicBoolean> cancelledByClaim = new ConcurrentHashMap<>();
    private final Map<OwnedPartition, OwnerProducer> producers = new ConcurrentHashMap<>();
    private final Map<Integer, Long> watermarkByPartition = new ConcurrentHashMap<>();
    private final AtomicInteger claiming = new AtomicInteger();
    private final Semaphore turns = new Semaphore(CLAIMS_AT_ONCE);
    private final LettingGo lettingGo;
    private @Nullable GroupMember group;

    /** Owns nothing yet; see the fields for what each part is for. */
    public Ownership(
            Incarnation self,
            KafkaSettings kafka,
            TopicIds topics,
            HeartSettings heartSettings,
            NodesView nodes,
            OwnTime ownTime,
            Hops hops,
            Bodies bodies,
            RecentReceipts receipts,
            OwnedPartitions owned,
            MessagesReader messages,
            EventsReader events,
            BooleanSupplier hasSuccessor,
            ExecutorService workers,
            ScheduledExecutorService timer,
            Clock clock,
            Metrics metrics) {
        this.self = self;
        this.kafka = kafka;
        this.topics = topics;
        this.heartSettings = heartSettings;
        this.nodes = nodes;
        this.ownTime = ownTime;
        this.hops = hops;
        this.bodies = bodies;
        this.receipts = receipts;
        this.owned = owned;
        this.messages = messages;
        this.events = events;
        this.workers = workers;
        this.timer = timer;
        this.clock = clock;
        this.metrics = metrics;
        this.lettingGo = new LettingGo(hasSuccessor, workers, timer, this::handedOver, clock);
        metrics.gauge(Metric.ROUTER_OWNED, () -> owned.all().size());
        metrics.gauge(Metric.ROUTER_CLAIMING, claiming::get);
        metrics.gauge(Metric.ROUTER_ONLINE, () -> sum(HeartFigures::online));
        metrics.gauge(Metric.ROUTER_UNSETTLED, () -> sum(HeartFigures::unsettled));
        metrics.gauge(Metric.ROUTER_AWAKE, () -> sum(HeartFigures::awake));
    }

    private long sum(ToLongFunction<HeartFigures> figure) {
        return owned.all().stream().map(OwnedPartition::figures).mapToLong(figure).sum();
    }

    /** Who hears of claims; set once, before the group assigns any partition. */
    public void tell(GroupMember member) {
        group = member;
    }

    private GroupMember group() {
        return Objects.requireNonNull(group, "tell(...) comes first");
    }

    /** The group assigned the partition: claims it in the background. */
    void claim(int partition) {
        lost(partition); // let go a moment ago, or being claimed: this claim would fence it
        AtomicBoolean cancelled = new AtomicBoolean();
        cancelledByClaim.put(partition, cancelled);
        workers.execute(() -> claim(partition, cancelled));
    }

    private void cancelClaim(int partition) {
        AtomicBoolean cancelled = cancelledByClaim.remove(partition);
        if (cancelled != null) {
            cancelled.set(true);
        }
    }

    /** Whether it is owned, or a claim of it under way. */
    boolean isClaimedOrClaiming(int partition) {
        return owned.find(partition) != null || cancelledByClaim.containsKey(partition);
    }

    @Nullable OwnedPartition find(int partition) {
        return owned.find(partition);
    }

    /** How many claims are under way. */
    public int claiming() {
        return claiming.get();
    }

    private void claim(int partition, AtomicBoolean cancelled) {
        claiming.incrementAndGet();
        try {
            tryToClaim(partition, cancelled);
        } finally {
            claiming.decrementAndGet();
            cancelledByClaim.remove(partition, cancelled);
        }
    }

    private void tryToClaim(int partition, AtomicBoolean cancelled) {
        long startNs = clock.nanoTime();
        try {
            Claim.Claimed claimed =
                    new Claim(kafka, topics, partition, clock, metrics)
                            .run(
                                    new ClaimRecord(self, clock.nowMs()),
                                    turns,
                                    this::edges,
                                    cancelled::get);
            OwnedPartition mine = assemble(partition, claimed);
            if (cancelled.get()) {
                dropped(mine);
                return;
            }
            metrics.counter(Metric.ROUTER_CLAIMS, "claimed").increment();
            metrics.histogram(Metric.ROUTER_CLAIM_DURATION).observeNs(clock.nanoTime() - startNs);
            log.atInfo()
                    .addKeyValue("partition", partition)
                    .addKeyValue("epoch", claimed.epoch())
                    .addKeyValue("unsettled", mine.figures().unsettled())
                    .addKeyValue("online", mine.figures().online())
                    .addKeyValue("inboxRecords", claimed.inboxRecords())
                    .addKeyValue("presenceRecords", claimed.presenceRecords())
                    .addKeyValue("positions", claimed.restored().positions())
                    .addKeyValue("ms", (clock.nanoTime() - startNs) / 1_000_000)
                    .log("partition claimed");
            group().claimed(mine);
        } catch (ClaimCancelledException e) {
            metrics.counter(Metric.ROUTER_CLAIMS, "cancelled").increment();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            metrics.counter(Metric.ROUTER_CLAIMS, "failed").increment();
            log.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("claim failed");
            if (!cancelled.get()) {
                later(() -> again(partition));
            }
        }
    }

    /**
     * Edges that are not known to be gone. One that presence names, and nodes has not told of, may
     * be alive and not read of yet: then nodes is read to its end.
     */
    private CompletableFuture<Set<Incarnation>> edges(Set<Incarnation> named) {
        Set<Incarnation> alive = edgesAlive();
        Set<Incarnation> untold = new HashSet<>(named);
        untold.removeAll(alive);
        untold.removeAll(nodes.gone());
        return untold.isEmpty()
                ? CompletableFuture.completedFuture(alive)
                : nodes.readToEnd().thenApply(_ -> edgesAlive()).toCompletableFuture();
    }

    private Set<Incarnation> edgesAlive() {
        Set<Incarnation> edges = new HashSet<>();
        nodes.alive()
                .forEach((incarnation, beat) -> {
                    if (beat.role() == NodeRole.EDGE) {
                        edges.add(incarnation);
                    }
                });
        return edges;
    }

    private OwnedPartition assemble(int partition, Claim.Claimed claimed) {
        CommandRunner commands =
                new CommandRunner(
                        claimed.producer(),
                        hops,
                        bodies,
                        receipts,
                        workers,
                        action -> nodes.readToEnd().thenRun(action),
                        this::failed,
                        clock,
                        metrics);
        OwnedPartition mine =
                new OwnedPartition(
                        partition,
                        claimed.epoch(),
                        heartSettings,
                        claimed.restored(),
                        ownTime.nowMs(),
                        commands);
        producers.put(mine, claimed.producer());
        // Told now, though it is not fed by the readers yet: they wait in line before all else.
        for (Incarnation lost : claimed.restored().lostEdges()) {
            owned.edgeGone(mine, lost);
        }
        return mine;
    }

    /** It is claimed and still assigned: the logs, the hops and the nodes tell it things. */
    void begin(OwnedPartition mine) {
        messages.add(mine);
        owned.add(mine);
        events.add(mine);
        // What nodes said between the claim's reading and now.
        edgesKnown(mine);
    }

    private void edgesKnown(OwnedPartition mine) {
        edgesAlive().forEach(edge -> mine.feed(new Event.EdgeUp(edge)));
        nodes.gone().forEach(edge -> owned.edgeGone(mine, edge));
    }

    private void failed(OwnedPartition mine, RuntimeException cause) {
        if (lettingGo.isLeaving(mine)) {
            handedOver(mine);
            return;
        }
        LoggingEventBuilder line = cause instanceof KafkaException ? log.atWarn() : log.atError();
        if (!(cause instanceof KafkaException)) {
            line = line.setCause(cause); // a bug of ours
        }
        line.addKeyValue("partition", mine.partition())
                .addKeyValue("epoch", mine.epoch())
                .addKeyValue("reason", String.valueOf(cause.getMessage()))
                .log("partition dropped, to be claimed again");
        if (mine.drop()) {
            release(mine);
            later(() -> again(mine.partition()));
        }
    }

    private void again(int partition) {
        group().again(partition, watermarkByPartition.getOrDefault(partition, 0L));
    }

    /** It is another's now, or nobody's. */
    void dropped(OwnedPartition mine) {
        mine.drop();
        release(mine);
    }

    private void release(OwnedPartition mine) {
        watermarkByPartition.put(mine.partition(), mine.committedWatermark());
        owned.remove(mine);
        messages.remove(mine);
        events.remove(mine);
        lettingGo.left(mine);
        OwnerProducer producer = producers.remove(mine);
        if (producer != null) {
            workers.execute(producer::close);
        }
    }

    /** The group took the partition away without asking: another may own it already. */
    void lost(int partition) {
        cancelClaim(partition);
        OwnedPartition mine = owned.find(partition);
        if (mine != null) {
            dropped(mine);
        }
    }

    /** The group gives the partition to another, perhaps in the middle of its claim. */
    void letGo(int partition) {
        cancelClaim(partition);
        OwnedPartition mine = owned.find(partition);
        if (mine != null) {
            lettingGo.letGo(mine);
        }
    }

    /** Another router says that it owns the partition: it has fenced this one, if it was first. */
    void claimedElsewhere(NodeRecord.Claim claim) {
        OwnedPartition mine = owned.find(claim.partition());
        if (mine != null && mine.epoch() < claim.epoch() && lettingGo.isLeaving(mine)) {
            handedOver(mine);
        }
    }

    private void handedOver(OwnedPartition mine) {
        mine.drop();
        release(mine);
        log.atInfo()
                .addKeyValue("partition", mine.partition())
                .addKeyValue("epoch", mine.epoch())
                .addKeyValue("watermark", mine.committedWatermark())
                .log("partition handed over");
    }

    void later(Runnable action) {
        if (!timer.isShutdown()) {
            var _ = timer.schedule(action, RETRY_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** Waits, bounded, until what is let go has found an owner or is handed over. */
    @Override
    public void close() {
        lettingGo.awaitAllLeft();
        List.copyOf(producers.keySet()).forEach(this::dropped);
    }
}
