package io.lastmile.edge.session;

import io.lastmile.wire.record.EventRecord.Ack;
import java.util.ArrayList;
import java.util.List;

/** What a connection has yet to hand on; it exists only while there is something. One thread. */
final class Outbox {
    /** Acknowledgements that will be one event. */
    final List<Ack> acks = new ArrayList<>(4);

    final Qos0Proof qos0 = new Qos0Proof();
    final Held held = new Held();
    final Line line = new Line();

    boolean isNothing() {
        return acks.isEmpty()
                && qos0.isEmpty()
                && held.isEmpty()
                && line.isEmpty()
                && !line.isFull();
    }
}
