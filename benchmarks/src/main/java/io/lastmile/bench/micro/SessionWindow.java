package io.lastmile.bench.micro;

import io.lastmile.edge.session.Session;
import io.lastmile.wire.record.EventRecord.Ack;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A session's window of 16 with 15 messages in it: as much to search as there ever is. */
@State(Scope.Thread)
public class SessionWindow {
    private final Session session = new EdgeInMemory().subscribed(Typical.device(1));
    private long offset;

    /** The window is all but full. */
    @Setup
    public void fill() {
        while (session.unacknowledged() < Typical.WINDOW_MESSAGES - 1) {
            var _ = session.deliver(offset++, Typical.NOW_MS);
        }
    }

    /** A message takes its place, the device acknowledges it, Kafka has that. */
    @Benchmark
    public @Nullable Ack deliverAndPuback() {
        long sent = offset++;
        var _ = session.deliver(sent, Typical.NOW_MS);
        Ack ack = session.puback(session.packetId(sent), 0, Typical.NOW_MS);
        session.acksConfirmed(1);
        return ack;
    }
}
