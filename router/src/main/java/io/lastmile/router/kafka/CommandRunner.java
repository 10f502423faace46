package io.lastmile.router.kafka;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.Write;
import io.lastmile.router.owner.EdgeHops;
import io.lastmile.router.owner.EventsEnd;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.router.owner.OwnerWorld;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.hop.HopFrame;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what an owned partition wants done: on the hop, in a transaction, from the log. Never waits.
 */
final class CommandRunner implements OwnerWorld {
    private static final Logger log = LoggerFactory.getLogger(CommandRunner.class);

    private final OwnerProducer producer;
    private final EdgeHops hops;
    private final LogReaders logs;
    private final RecentReceipts receipts;
    private final Consumer<Runnable> nodesToEnd;
    private final BiConsumer<OwnedPartition, RuntimeException> failed;
    private final RouterRuntime runtime;
    private final Metrics.Counter sent;
    private final Metrics.Counter parked;
    private final Metrics.Counter misplaced;
    private final Metrics.Counter due;
    private final Metrics.Counter rejected;
    private final Metrics.Counter committed;
    private final Metrics.Counter aborted;
    private final Metrics.Histogram commitDuration;
    private final Metrics.Histogram deliveryDuration;
    private final Set<Incarnation> sentTo = new HashSet<>(); // under the partition's lock
    private final Map<Outcome, Metrics.Counter> settled = new EnumMap<>(Outcome.class);

    /**
     * Of one owned partition.
     *
     * @param nodesToEnd runs an action once nodes has been read to the end asked for now
     * @param failed hears that a transaction failed, or the heart: the partition is lost
     */
    CommandRunner(
            OwnerProducer producer,
            EdgeHops hops,
            LogReaders logs,
            RecentReceipts receipts,
            Consumer<Runnable> nodesToEnd,
            BiConsumer<OwnedPartition, RuntimeException> failed,
            RouterRuntime runtime) {
        Metrics metrics = runtime.metrics();
        this.runtime = runtime;
        this.producer = producer;
        this.hops = hops;
        this.logs = logs;
        this.receipts = receipts;
        this.nodesToEnd = nodesToEnd;
        this.failed = failed;
        this.sent = metrics.counter(Metric.ROUTER_SENT);
        this.parked = metrics.counter(Metric.ROUTER_PARKED);
        this.misplaced = metrics.counter(Metric.ROUTER_REAPPENDED, "misplaced");
        this.due = metrics.counter(Metric.ROUTER_REAPPENDED, "due");
        this.rejected = metrics.counter(Metric.ROUTER_REJECTED, "messages");
        this.committed = metrics.counter(Metric.ROUTER_COMMITS, "committed");
        this.aborted = metrics.counter(Metric.ROUTER_COMMITS, "failed");
        this.commitDuration = metrics.histogram(Metric.ROUTER_COMMIT_DURATION);
        this.deliveryDuration = metrics.histogram(Metric.ROUTER_DELIVERY_DURATION);
        for (Outcome outcome : Outcome.values()) {
            settled.put(outcome, metrics.counter(Metric.ROUTER_SETTLED, outcome.label()));
        }
    }

    @Override
    public void send(Incarnation edge, HopFrame.FromRouter frame) {
        switch (frame) {
            case HopFrame.Deliver _ -> sent.increment();
            case HopFrame.Copies copies -> sent.add(copies.recipients().size());
            default -> {}
        }
        hops.send(edge, frame);
        sentTo.add(edge);
    }

    @Override
    public void flush() {
        if (!sentTo.isEmpty()) {
            sentTo.forEach(hops::flush);
            sentTo.clear();
        }
    }

    @Override
    public void load(OwnedPartition from, DeviceId device, long offset) {
        logs.bodies()
                .load(
                        from.partition(),
                        offset,
                        body -> from.feed(new Event.BodyLoaded(device, offset, body)));
    }

    @Override
    public void load(OwnedPartition from, long offset, BroadcastId id) {
        logs.broadcastBodies()
                .load(0, id.offset(), body -> from.feed(new Event.BroadcastLoaded(offset, body)));
    }

    @Override
    public void sliceSoon(OwnedPartition from) {
        runtime.workers().execute(() -> from.feed(new Event.Slice()));
    }

    @Override
    public void askJoinsEnd(OwnedPartition from) {
        int partition = from.partition();
        logs.ends()
                .endsOfMessages(
                        Set.of(partition),
                        found -> {
                            LogEnds.Ends here = found.get(partition);
                            from.feed(new Event.JoinsEnd(here == null ? -1 : here.all()));
                        });
    }

    @Override
    public void readNodes(OwnedPartition from) {
        nodesToEnd.accept(() -> from.feed(new Event.NodesRead()));
    }

    @Override
    public void askEventsEnd(OwnedPartition from, EventsEnd asked) {
        logs.ends().endOfEvents(from.partition(), end -> from.eventsEnd(asked, end));
    }

    @Override
    public void askMessagesEnd(OwnedPartition from, long acknowledged) {
        int partition = from.partition();
        logs.ends()
                .endsOfMessages(
                        Set.of(partition),
                        found -> {
                            LogEnds.Ends here = found.get(partition);
                            long end = here == null ? Long.MAX_VALUE : here.all();
                            if (acknowledged >= end) {
                                log.atError()
                                        .addKeyValue("partition", partition)
                                        .addKeyValue("acknowledged", acknowledged)
                                        .addKeyValue("end", end)
                                        .log("acknowledgement beyond the end of messages");
                            }
                            from.feed(new Event.MessagesEnd(end));
                        });
    }

    @Override
    public void broken(OwnedPartition from, RuntimeException bug) {
        failed.accept(from, bug);
    }

    @Override
    public void commit(OwnedPartition from, List<Write> writes) {
        runtime.workers().execute(() -> committed(from, writes));
    }

    private void committed(OwnedPartition from, List<Write> writes) {
        long startNs = runtime.clock().nanoTime();
        try {
            producer.commit(writes);
        } catch (KafkaException e) {
            aborted.increment();
            from.lost(e);
            return;
        } catch (Throwable e) { // the heart would wait for this commit for ever
            aborted.increment();
            from.lost(new IllegalStateException("not committed", e));
            return;
        }
        commitDuration.observeNs(runtime.clock().nanoTime() - startNs);
        committed.increment();
        writes.forEach(write -> count(from.partition(), write));
        from.feed(new Event.Committed());
    }

    private void count(int partition, Write write) {
        switch (write) {
            case Write.Receipt(var device, var receipt) -> {
                receipts.add(device, receipt);
                Objects.requireNonNull(settled.get(receipt.outcome())).increment();
                logs.bodies().forget(partition, receipt.offset());
                if (receipt.outcome() == Outcome.DELIVERED) {
                    long tookMs = receipt.acknowledgedAtMs() - receipt.acceptedAtMs();
                    deliveryDuration.observeNs(MILLISECONDS.toNanos(Math.max(0, tookMs)));
                }
            }
            case Write.Summary(var summary) ->
                    Objects.requireNonNull(settled.get(summary.outcome()))
                            .add(summary.members().length);
            case Write.Park _ -> parked.increment();
            case Write.Reappend again ->
                    (again.partition() == partition ? due : misplaced).increment();
            case Write.Reject _ -> rejected.increment();
            default -> {}
        }
    }
}
