package io.lastmile.router.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.SetAside;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.owner.ClaimPlan;
import io.lastmile.router.owner.ClaimStep;
import io.lastmile.router.owner.ClaimedState;
import io.lastmile.router.owner.LogGap;
import io.lastmile.router.owner.LogIds;
import io.lastmile.router.owner.Unreadable;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a partition: does with Kafka what a {@link ClaimPlan} says, step by step. Blocks for as
 * long as Kafka and the size of the state take; runs off the poll thread.
 */
final class Claim {
    private static final Logger log = LoggerFactory.getLogger(Claim.class);

    private static final Duration ANSWER_WAIT = Duration.ofSeconds(30);

    /** Who is before may wait for a broker that died: no reason to wait with it for long. */
    private static final Duration TURN_WAIT = Duration.ofSeconds(1);

    private final int partition;
    private final Metrics metrics;
    private final ClaimedState state;
    private final Map<Topic, SetAside> asides = new EnumMap<>(Topic.class);

    Claim(int partition, LogIds ids, Metrics metrics) {
        this.partition = partition;
        this.metrics = metrics;
        this.state = new ClaimedState(partition, ids);
    }

    /**
     * What a claim is made with.
     *
     * @param turns of claims that have fenced a predecessor and are not done, whose devices wait;
     *     one that gets none goes on without after a while
     * @param permit asked for before the predecessor is fenced
     * @param edges that are not known to be gone; nodes has been read far enough to have told of
     *     each that it is given. What is gone by now is told later
     * @param eventsEnd where events end, of the partition, for who reads all of it
     */
    record Means(
            OwnerProducer producer,
            StateReader reader,
            Semaphore turns,
            FencingPermit permit,
            Function<Set<Incarnation>, CompletableFuture<Set<Incarnation>>> edges,
            Supplier<CompletableFuture<Long>> eventsEnd) {}

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

    /** A record of inbox or presence was read. */
    void read(Topic topic, ConsumerRecord<byte[], byte[]> record) {
        RuntimeException why =
                state.read(
                        topic,
                        record.offset(),
                        record.key(),
                        record.value(),
                        new RejectedRecord(record));
        if (why != null) {
            asides.computeIfAbsent(topic, its -> new SetAside(its, metrics)).add(record, why);
        }
    }

    /**
     * Claims.
     *
     * @throws RuntimeException where Kafka fails, or another claimed later: to be tried again
     */
    Claimed run(ClaimRecord record, Means with) throws InterruptedException {
        boolean hasTurn = false;
        try {
            ClaimStep step = new ClaimPlan(state).begin();
            while (true) {
                switch (step) {
                    case ClaimStep.AskStarts(var topics, var then) ->
                            step = then.apply(with.reader.starts(topics));
                    case ClaimStep.AskEnds(var topics, var then) ->
                            step = then.apply(ends(topics, with));
                    case ClaimStep.ReadTo(var ends, var then) -> {
                        with.reader.readTo(ends);
                        step = then.get();
                    }
                    case ClaimStep.AwaitPermit(var then) -> {
                        with.permit.await(); // all ask at once: one look at nodes serves all
                        hasTurn = with.turns.tryAcquire(TURN_WAIT.toSeconds(), TimeUnit.SECONDS);
                        step = then.get();
                    }
                    case ClaimStep.Fence(var then) ->
                            step = then.apply(with.producer.claim(record));
                    case ClaimStep.SetAside(var unreadable, var then) -> {
                        setAside(unreadable, with.producer);
                        step = then.get();
                    }
                    case ClaimStep.AskEdges(var named, var then) ->
                            step = then.apply(await(with.edges.apply(named)));
                    case ClaimStep.Claimed(var epoch, var restored) -> {
                        state.gaps().forEach(this::tell);
                        return new Claimed(
                                epoch,
                                with.producer,
                                restored,
                                with.reader.count(Topic.INBOX),
                                with.reader.count(Topic.PRESENCE));
                    }
                }
            }
        } finally {
            if (hasTurn) {
                with.turns.release();
            }
        }
    }

    /** Events are read whole, also what a stranger's transaction holds back from the reader. */
    private Map<Topic, Long> ends(Set<Topic> topics, Means with) throws InterruptedException {
        if (!topics.contains(Topic.EVENTS)) {
            return with.reader.ends(topics);
        }
        CompletableFuture<Long> events = with.eventsEnd.get();
        Map<Topic, Long> ends = with.reader.ends(topics);
        ends.put(Topic.EVENTS, await(events));
        return ends;
    }

    private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        try {
            return answer.get(ANSWER_WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("nodes or events were not read to their end", e);
        }
    }

    /** Nobody else writes here any more. */
    private void setAside(List<Unreadable> unreadable, OwnerProducer producer) {
        producer.quarantine(unreadable);
        for (Unreadable one : unreadable) {
            metrics.counter(Metric.ROUTER_REJECTED, one.topic().label()).increment();
        }
        log.atError()
                .addKeyValue("partition", partition)
                .addKeyValue("records", unreadable.size())
                .addKeyValue("firstTopic", unreadable.getFirst().topic().label())
                .addKeyValue(
                        "firstOffset",
                        ((RejectedRecord) unreadable.getFirst().raw()).record().offset())
                .log("state that no owner wrote went to rejects: somebody else writes to it");
    }

    private void tell(LogGap gap) {
        metrics.counter(Metric.ROUTER_LOG_GAPS, gap.topic().label()).increment();
        log.atError()
                .addKeyValue("partition", partition)
                .addKeyValue("topic", gap.topic().label())
                .addKeyValue("checkpoint", gap.checkpoint())
                .addKeyValue("from", gap.from())
                .log(
                        gap.from() > gap.checkpoint()
                                ? "log gap: retention took records that were not read"
                                : "log gap: Kafka lost the end of the log, records are lost");
    }
}
