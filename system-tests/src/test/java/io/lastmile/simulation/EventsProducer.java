package io.lastmile.simulation;

import io.lastmile.simulation.PartitionLogs.EdgeEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * An edge's idempotent producer for one partition of events: in order, retried without end, batch
 * by batch. Of a killed edge the batch on its way may still arrive.
 */
final class EventsProducer {
    private final SimulatedEdge edge;
    private final PartitionLogs logs;
    private final Deque<Pending> queue = new ArrayDeque<>();
    private boolean sending;
    private long lastConfirmationMs;

    private record Pending(EdgeEvent event, LongConsumer confirmed) {}

    EventsProducer(SimulatedEdge edge, PartitionLogs logs) {
        this.edge = edge;
        this.logs = logs;
    }

    /** Appends the event; {@code confirmed} is told its offset once Kafka has said so. */
    void append(EdgeEvent event, LongConsumer confirmed) {
        queue.addLast(new Pending(event, confirmed));
        if (!sending) {
            send();
        }
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
        world.books.eventAppended(logs.partition, offset, event.event());
        return offset;
    }

    private static void confirm(List<Pending> batch, List<Long> offsets) {
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).confirmed.accept(offsets.get(i));
        }
    }
}
