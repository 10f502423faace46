package io.lastmile.edge;

import io.lastmile.edge.session.EventSink;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A log that has everything as soon as it is written. Any thread. */
public final class AtOnce implements EventSink {
    /** What was written, in its order. */
    public final List<EventRecord> events = new CopyOnWriteArrayList<>();

    /** Acknowledgements of copies, each for itself. */
    public final List<CopiesAckedRecord> copiesAcked = new CopyOnWriteArrayList<>();

    private final AtomicLong offsets;

    /** An empty one whose next record has this offset. */
    public AtOnce(long offset) {
        offsets = new AtomicLong(offset);
    }

    @Override
    public void write(
            DeviceId device, int partition, EventRecord event, Confirmation confirmation) {
        events.add(event);
        confirmation.confirmed(offsets.getAndIncrement());
    }

    @Override
    public void acknowledge(
            int partition,
            Incarnation edge,
            long offset,
            CopiesAckedRecord.Ack ack,
            Confirmation confirmation) {
        copiesAcked.add(new CopiesAckedRecord(edge, offset, List.of(ack)));
        confirmation.confirmed(offsets.getAndIncrement());
    }
}
