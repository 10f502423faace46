package io.lastmile.simulation;

import io.lastmile.simulation.PartitionLogs.EdgeEvent;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * An edge's idempotent producer for one partition of events: in order, retried without end, batch
 * by batch. Of a killed edge the batch on its way may still arrive.
 */
final class EventsProducer {
    private static final long GATHER_MS = 40;

    private final SimulatedEdge edge;
    private final PartitionLogs logs;
    private final Deque<Pending> queue = new ArrayDeque<>();
    private final Map<CopiesOf, List<Gathered>> gathered = new LinkedHashMap<>();
    private boolean sending;
    private long lastConfirmationMs;

    private record Pending(EdgeEvent event, LongConsumer confirmed) {}

    /** What acknowledgements of copies have in common that are written together. */
    private record CopiesOf(Incarnation edge, long offset) {}

    private record Gathered(CopiesAckedRecord.Ack ack, Runnable confirmed) {}

    EventsProducer(SimulatedEdge edge, PartitionLogs logs) {
        this.edge = edge;
        this.logs = logs;
    }

    /** Appends the event; {@code confirmed} is told its offset once Kafka has said so. */
    void append(EdgeEvent event, LongConsumer confirmed) {
        if (event instanceof EdgeEvent.OfSession(_, EventRecord.Ended(var session, _, _))
                && edge.world.has(Mutant.COPY_ACKS_ARE_LOST_AT_END)) {
            gathered.values()
                    .forEach(some -> some.removeIf(one -> one.ack.session() == session.number()));
            gathered.values().removeIf(List::isEmpty);
        }
        queue.addLast(new Pending(event, confirmed));
        if (!sending) {
            send();
        }
    }

    /** Gathers the acknowledgement of a copy with those of others, for a little while. */
    void acknowledge(
            Incarnation of, long offset, CopiesAckedRecord.Ack ack, Runnable whenConfirmed) {
        if (gathered.isEmpty()) {
            edge.later(0, GATHER_MS, this::writeGathered);
        }
        boolean early = edge.world.has(Mutant.COPY_ACKS_ARE_LOST_AT_END);
        gathered.computeIfAbsent(new CopiesOf(of, offset), _ -> new ArrayList<>())
                .add(new Gathered(ack, early ? () -> {} : whenConfirmed));
        if (early) {
            edge.later(0, 0, whenConfirmed);
        }
    }

    /** Those that are gathered are wanted now. */
    void writeGathered() {
        Map<CopiesOf, List<Gathered>> all = new LinkedHashMap<>(gathered);
        gathered.clear();
        all.forEach((of, some) -> {
            CopiesAckedRecord acked =
                    new CopiesAckedRecord(
                            of.edge, of.offset, some.stream().map(Gathered::ack).toList());
            edge.world.figures.add("copies_acked_together", some.size() - 1);
            append(new EdgeEvent.OfCopies(acked), _ -> some.forEach(one -> one.confirmed.run()));
        });
    }

    private void send() {
        sending = !queue.isEmpty();
        if (!sending) {
            return;
        }
        List<Pending> batch = new ArrayList<>(queue);
        List<Long> offsets = new ArrayList<>();
        queue.clear();
        World world = edge.world;
        int life = edge.life();
        boolean outlivesItsEdge = world.chance.percent(50);
        Runnable next = edge.here(this::send);
        Runnable confirm = edge.here(() -> confirm(batch, offsets));
        world.kafka.append(() -> {
            boolean dead = edge.life() != life || !edge.isAlive();
            if (dead && !outlivesItsEdge) {
                return;
            }
            if (edge.failsToWrite()) {
                world.agenda.after(world.chance.between(20, 300), edge.here(() -> again(batch)));
                return;
            }
            batch.forEach(pending -> offsets.add(append(pending.event)));
            long now = world.agenda.nowMs();
            lastConfirmationMs = Math.max(lastConfirmationMs, now + world.chance.between(0, 15));
            world.agenda.at(lastConfirmationMs, confirm);
            world.agenda.after(0, next);
        });
    }

    /**
     * The producer gave up on the batch, of which Kafka may have some all the same: it is written
     * again, behind what has come meanwhile.
     */
    private void again(List<Pending> batch) {
        for (Pending pending : batch) {
            edge.world.figures.count("event_written_again");
            if (edge.world.chance.percent(30)) {
                var _ = append(pending.event);
            }
        }
        queue.addAll(batch);
        send();
    }

    private long append(EdgeEvent event) {
        World world = edge.world;
        long offset = logs.events.append(event).offset();
        world.trace.note(() -> "event " + logs.partition + "-" + offset + " " + event);
        world.books.eventAppended(logs.partition, offset, event);
        return offset;
    }

    private static void confirm(List<Pending> batch, List<Long> offsets) {
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).confirmed.accept(offsets.get(i));
        }
    }
}
