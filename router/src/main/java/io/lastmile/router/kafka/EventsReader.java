package io.lastmile.router.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.SetAside;
import io.lastmile.router.heart.Event;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads what edges tell of sessions, from the checkpoint's position on. */
public final class EventsReader extends LogReader {
    private final Metrics.Counter opened;
    private final Metrics.Counter acked;
    private final Metrics.Counter ended;
    private final Metrics.Counter copies;
    private final SetAside aside;

    /** Reads nothing yet. */
    public EventsReader(KafkaSettings kafka, Metrics metrics) {
        super(kafka, Topic.EVENTS, "read_uncommitted", metrics); // edges write no transactions
        this.opened = metrics.counter(Metric.ROUTER_EVENTS, "opened");
        this.acked = metrics.counter(Metric.ROUTER_EVENTS, "acked");
        this.ended = metrics.counter(Metric.ROUTER_EVENTS, "ended");
        this.copies = metrics.counter(Metric.ROUTER_EVENTS, "copies_acked");
        this.aside = new SetAside(Topic.EVENTS, metrics);
    }

    @Override
    long start(OwnedPartition owned) {
        return owned.start().eventsPosition();
    }

    @Override
    boolean isWanted(OwnedPartition owned) {
        return owned.wantsEvents();
    }

    @Override
    List<Event> events(int partition, List<ConsumerRecord<byte[], byte[]>> records) {
        List<Event> events = new ArrayList<>(records.size());
        aside.each(records, record -> read(record, events));
        return events;
    }

    @Override
    void readTo(OwnedPartition owned, long position) {
        owned.feedEventsReadTo(position);
    }

    private void read(ConsumerRecord<byte[], byte[]> record, List<Event> events) {
        if (record.key() == null && record.value() != null) {
            events.add(
                    new Event.CopiesAckedRead(
                            record.offset(), CopiesAckedRecord.decode(record.value())));
            copies.increment();
            return;
        }
        DeviceId device = MessageReading.device(record.key());
        if (device == null || record.value() == null) {
            aside.add(record, "no device or no value");
            return;
        }
        EventRecord event = EventRecord.decode(record.value());
        events.add(new Event.EdgeEventRead(record.offset(), device, event));
        switch (event) {
            case EventRecord.Opened _ -> opened.increment();
            case EventRecord.Acked _ -> acked.increment();
            case EventRecord.Ended _ -> ended.increment();
        }
    }
}
