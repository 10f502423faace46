package io.lastmile.edge.mqtt;

import io.lastmile.edge.session.EventSink;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import java.util.ArrayList;
import java.util.List;

/** A log of events that confirms when told to. */
final class HandEvents implements EventSink {
    record Written(DeviceId device, int partition, EventRecord event) {}

    private final List<Written> all = new ArrayList<>();
    private final List<CopiesAckedRecord> copiesAcked = new ArrayList<>();
    private final List<Confirmation> confirmations = new ArrayList<>();
    private int confirmed;
    private int hastened;

    @Override
    public void write(
            DeviceId device, int partition, EventRecord event, Confirmation confirmation) {
        all.add(new Written(device, partition, event));
        confirmations.add(confirmation);
    }

    @Override
    public void acknowledge(
            int partition,
            Incarnation edge,
            long offset,
            CopiesAckedRecord.Ack ack,
            Confirmation confirmation) {
        copiesAcked.add(new CopiesAckedRecord(edge, offset, List.of(ack)));
        confirmations.add(confirmation);
    }

    List<CopiesAckedRecord> copiesAcked() {
        return copiesAcked;
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
        while (confirmed < confirmations.size()) {
            confirmations.get(confirmed).confirmed(100 + confirmed);
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
