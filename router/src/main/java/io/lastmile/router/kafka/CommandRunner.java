package io.lastmile.router.kafka;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.router.heart.Command;
import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.Write;
import io.lastmile.router.hop.Hops;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.apache.kafka.common.KafkaException;

/** Carries out a heart's commands: on the hop, in a transaction, from the log. Never waits. */
final class CommandRunner implements OwnedPartition.Commands {
    private final OwnerProducer producer;
    private final Hops hops;
    private final Bodies bodies;
    private final RecentReceipts receipts;
    private final Consumer<Runnable> nodesToEnd;
    private final ObjLongConsumer<OwnedPartition> messagesEnd;
    private final BiConsumer<OwnedPartition, RuntimeException> failed;
    private final RouterRuntime runtime;
    private final Metrics.Counter sent;
    private final Metrics.Counter parked;
    private final Metrics.Counter reappended;
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
     * @param messagesEnd tells the partition where messages end
     * @param failed hears that a transaction failed, or the heart: the partition is lost
     */
    CommandRunner(
            OwnerProducer producer,
            Hops hops,
            Bodies bodies,
            RecentReceipts receipts,
            Consumer<Runnable> nodesToEnd,
            ObjLongConsumer<OwnedPartition> messagesEnd,
            BiConsumer<OwnedPartition, RuntimeException> failed,
            RouterRuntime runtime) {
        Metrics metrics = runtime.metrics();
        this.runtime = runtime;
        this.producer = producer;
        this.hops = hops;
        this.bodies = bodies;
        this.receipts = receipts;
        this.nodesToEnd = nodesToEnd;
        this.messagesEnd = messagesEnd;
        this.failed = failed;
        this.sent = metrics.counter(Metric.ROUTER_SENT);
        this.parked = metrics.counter(Metric.ROUTER_PARKED);
        this.reappended = metrics.counter(Metric.ROUTER_REAPPENDED, "misplaced");
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
    public void carryOut(OwnedPartition from, Command command) {
        int partition = from.partition();
        switch (command) {
            case Command.Send send -> {
                SessionId session = send.session();
                sent.increment();
                send(
                        session.edge(),
                        new HopFrame.Deliver(
                                partition,
                                from.epoch(),
                                session.number(),
                                send.offset(),
                                send.id(),
                                send.expiresInMs(),
                                send.message()));
            }
            case Command.CloseSession(var session, var reason) ->
                    send(
                            session.edge(),
                            new HopFrame.CloseSession(
                                    partition, from.epoch(), session.number(), reason));
            case Command.Announce(var session) ->
                    send(
                            session.edge(),
                            new HopFrame.Announce(partition, from.epoch(), session.number()));
            case Command.LoadBody(var device, var offset) ->
                    bodies.load(
                            partition,
                            offset,
                            body -> from.feed(new Event.BodyLoaded(device, offset, body)));
            case Command.AskMessagesEnd(var acknowledged) -> messagesEnd.accept(from, acknowledged);
            case Command.ReadNodes _ -> nodesToEnd.accept(() -> from.feed(new Event.NodesRead()));
            case Command.Commit(var writes) ->
                    runtime.workers().execute(() -> commit(from, writes));
        }
    }

    private void send(Incarnation edge, HopFrame.FromRouter frame) {
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
    public void broken(OwnedPartition from, RuntimeException bug) {
        failed.accept(from, bug);
    }

    private void commit(OwnedPartition from, List<Write> writes) {
        long startNs = runtime.clock().nanoTime();
        try {
            producer.commit(writes);
        } catch (KafkaException e) {
            aborted.increment();
            failed.accept(from, e);
            return;
        } catch (Throwable e) { // the heart would wait for this commit for ever
            aborted.increment();
            failed.accept(from, new IllegalStateException("not committed", e));
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
                bodies.forget(partition, receipt.offset());
                if (receipt.outcome() == Outcome.DELIVERED) {
                    long tookMs = receipt.acknowledgedAtMs() - receipt.acceptedAtMs();
                    deliveryDuration.observeNs(MILLISECONDS.toNanos(Math.max(0, tookMs)));
                }
            }
            case Write.Park _ -> parked.increment();
            case Write.Reappend _ -> reappended.increment();
            case Write.Reject _ -> rejected.increment();
            default -> {}
        }
    }
}
