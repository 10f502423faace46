package io.lastmile.edge.kafka;

import io.lastmile.edge.session.EventSink;
import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;

/**
 * All that sessions write to Kafka: events to one topic, joins and leaves to another. Each has a
 * writer of its own, so that an edge which may not write messages, or cannot reach one of their
 * partitions, goes on with its events. Any thread.
 */
public final class SessionLog implements EventSink, AutoCloseable {
    private final EventWriter events;
    private final EventWriter members;

    /** Opens both. */
    public SessionLog(KafkaSettings kafka, Incarnation incarnation, Clock clock, Metrics metrics) {
        events = new EventWriter(Lane.EVENTS, kafka, incarnation, clock, metrics);
        members = new EventWriter(Lane.MEMBERS, kafka, incarnation, clock, metrics);
    }

    @Override
    public void write(
            DeviceId device, int partition, EventRecord event, Confirmation confirmation) {
        events.write(device, partition, event, confirmation);
    }

    @Override
    public void acknowledge(
            int partition,
            Incarnation edge,
            long offset,
            CopiesAckedRecord.Ack ack,
            Confirmation confirmation) {
        events.acknowledge(partition, edge, offset, ack, confirmation);
    }

    @Override
    public void member(DeviceId device, int partition, Control control, Confirmation confirmation) {
        members.member(device, partition, control, confirmation);
    }

    @Override
    public void hasten() {
        events.hasten();
    }

    /** How many events Kafka has not confirmed. */
    public long pending() {
        return events.pending();
    }

    /** Waits, bounded, until Kafka has everything, and stops. */
    @Override
    public void close() {
        try {
            members.close();
        } finally {
            events.close();
        }
    }
}
