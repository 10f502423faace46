package io.lastmile.edge.mqtt;

import io.lastmile.wire.record.EventRecord.Ack;
import java.util.ArrayList;
import java.util.List;

/** What a connection has yet to hand on; it exists only while there is something. */
final class Unwritten {
    /** Acknowledgements that will be one event. */
    final List<Ack> acks = new ArrayList<>(4);

    /** Messages at QoS 0 whose bytes are not known to be in the socket. */
    final List<Long> offsetsAtQos0 = new ArrayList<>(0);

    /** Messages that wait for the device's next own packet. */
    final Held held = new Held();

    /** Messages that wait for the socket. */
    final Line line = new Line();

    /** Whether the socket has yet to take what was flushed. */
    boolean flushAwaited;

    /** What of messages is written and not flushed. */
    int batchBytes;

    boolean isNothing() {
        return acks.isEmpty()
                && offsetsAtQos0.isEmpty()
                && held.isEmpty()
                && line.isEmpty()
                && !flushAwaited;
    }
}
