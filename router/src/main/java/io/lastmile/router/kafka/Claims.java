package io.lastmile.router.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.heart.HeartFigures;
import io.lastmile.router.owner.ClaimPlan;
import io.lastmile.router.ownership.OwnershipEvent;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.ClaimRecord;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claims under way, each on a thread of its own, which waits for the word that it may fence.
 * Safe for use by several threads; nothing in it waits.
 */
public final class Claims {
    private static final Logger log = LoggerFactory.getLogger(Claims.class);

    /**
     * Claims that fence a predecessor at the same time, unless they have waited for long: more
     * would take the processors from each other, and the devices of each would wait for all.
     */
    private static final int AT_ONCE = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final KafkaSettings kafka;
    private final TopicIds topics;
    private final NodesView nodes;
    private final LogEnds ends;
    private final Supplier<Incarnation> self;
    private final Serving serving;
    private final RouterRuntime runtime;
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final Map<Long, FencingPermit> permitByAttempt = new ConcurrentHashMap<>();
    private volatile Consumer<OwnershipEvent> heart = _ -> {};

    /**
     * None yet.
     *
     * @param self in whose name claims are written
     * @param serving takes what a claim has restored
     */
    public Claims(
            KafkaSettings kafka,
            TopicIds topics,
            NodesView nodes,
            LogEnds ends,
            Supplier<Incarnation> self,
            Serving serving,
            RouterRuntime runtime) {
        this.kafka = kafka;
        this.topics = topics;
        this.nodes = nodes;
        this.ends = ends;
        this.self = self;
        this.serving = serving;
        this.runtime = runtime;
    }

    /** Who hears what becomes of each claim; set once, before the first. */
    void tell(Consumer<OwnershipEvent> ownership) {
        heart = ownership;
    }

    /** Begins a claim. */
    void start(int partition, long attempt) {
        FencingPermit permit =
                new FencingPermit(
                        () -> heart.accept(new OwnershipEvent.ClaimPrepared(partition, attempt)));
        permitByAttempt.put(attempt, permit);
        runtime.workers().execute(() -> run(partition, attempt, permit));
    }

    /** Gives it up, if it has not fenced yet. */
    void cancel(long attempt) {
        FencingPermit permit = permitByAttempt.get(attempt);
        if (permit != null) {
            permit.refuse();
        }
    }

    /** Lets it fence. */
    void fence(long attempt) {
        FencingPermit permit = permitByAttempt.get(attempt);
        if (permit != null) {
            permit.grant();
        }
    }

    private void run(int partition, long attempt, FencingPermit permit) {
        long startNs = runtime.clock().nanoTime();
        try {
            Claim.Claimed claimed = claim(partition, permit);
            HeartFigures restored = serving.restored(partition, claimed);
            count("claimed");
            long tookNs = runtime.clock().nanoTime() - startNs;
            runtime.metrics().histogram(Metric.ROUTER_CLAIM_DURATION).observeNs(tookNs);
            log.atInfo()
                    .addKeyValue("partition", partition)
                    .addKeyValue("epoch", claimed.epoch())
                    .addKeyValue("unsettled", restored.unsettled())
                    .addKeyValue("online", restored.online())
                    .addKeyValue("inboxRecords", claimed.inboxRecords())
                    .addKeyValue("presenceRecords", claimed.presenceRecords())
                    .addKeyValue("positions", claimed.restored().positions())
                    .addKeyValue("ms", tookNs / 1_000_000)
                    .log("partition claimed");
            heart.accept(new OwnershipEvent.ClaimRestored(partition, attempt, claimed.epoch()));
        } catch (ClaimCancelledException e) {
            count("cancelled");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            count("failed");
            log.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("claim failed");
            heart.accept(new OwnershipEvent.ClaimFailed(partition, attempt));
        } finally {
            permitByAttempt.remove(attempt);
        }
    }

    private Claim.Claimed claim(int partition, FencingPermit permit) throws InterruptedException {
        Claim claim = new Claim(partition, OwnerProducer.ids(topics), runtime.metrics());
        OwnerProducer producer = new OwnerProducer(kafka, topics, partition);
        try (StateReader reader =
                new StateReader(
                        kafka,
                        partition,
                        claim::read,
                        permit::isRefused,
                        runtime.clock(),
                        runtime.metrics())) {
            return claim.run(
                    new ClaimRecord(self.get(), runtime.clock().nowMs()),
                    new Claim.Means(
                            producer, reader, turns, permit, this::edges, () -> end(partition)));
        } catch (RuntimeException | InterruptedException e) {
            producer.close();
            throw e;
        }
    }

    private CompletableFuture<Long> end(int partition) {
        CompletableFuture<Long> end = new CompletableFuture<>();
        ends.endOfEvents(partition, end::complete);
        return end;
    }

    private void count(String result) {
        runtime.metrics().counter(Metric.ROUTER_CLAIMS, result).increment();
    }

    /** Edges that are not known to be gone. */
    private CompletableFuture<Set<Incarnation>> edges(Set<Incarnation> named) {
        Set<Incarnation> alive = nodes.alive(NodeRole.EDGE);
        return ClaimPlan.isTold(named, alive, nodes.gone(NodeRole.EDGE))
                ? CompletableFuture.completedFuture(alive)
                : nodes.readToEnd()
                        .thenApply(_ -> nodes.alive(NodeRole.EDGE))
                        .toCompletableFuture();
    }
}
