package io.lastmile.edge.mqtt;

import io.lastmile.edge.session.EventSink;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.EventRecord;
import java.util.ArrayList;
import java.util.List;

/** A log of events that confirms when told to. */
final class HandEvents implements EventSink {
    record Written(DeviceId device, int partition, EventRecord event, Confirmation confirmation) {}

    private final List<Written> all = new ArrayList<>();
    private int confirmed;
    private int hastened;

    @Override
    public void write(
            DeviceId device, int partition, EventRecord event, Confirmation confirmation) {
        all.add(new Written(device, partition, event, confirmation));
    }

    @Override
    public void hasten() {
        hastened++;
    }

    int hastened() {
        return hastened;
    }

    /** Confirms what was not confirmed yet. */
    void confirmAll() {
        while (confirmed < all.size()) {
            Written next = all.get(confirmed);
            next.confirmation.confirmed(100 + confirmed);
            confirmed++;
        }
    }

    List<EventRecord> events() {
        return all.stream().map(Written::event).toList();
    }

    EventRecord last() {
        return all.getLast().event;
    }
}
