package io.lastmile.bench.micro;

import io.lastmile.edge.session.KeyedTable;
import io.lastmile.edge.session.Session;
import io.lastmile.edge.session.Sessions;
import io.lastmile.wire.DeviceId;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The edge's tables: sessions by partition and number, connections by device. */
@State(Scope.Thread)
public class SessionTables {
    private static final int STRIDE = 7_919; // prime, so that neighbours in time are none in memory

    @Param({"1000", "1000000"})
    private int devices;

    private final EdgeInMemory edge = new EdgeInMemory();
    private final Sessions sessions = edge.life.sessions();
    private final KeyedTable<DeviceId, Session> byDevice = new KeyedTable<>(Session::device);
    private Session[] all;
    private int next;

    /** All devices have a session. */
    @Setup
    public void open() {
        all = new Session[devices];
        for (int i = 0; i < devices; i++) {
            all[i] = edge.subscribed(Typical.device(i));
            var _ = byDevice.put(all[i]);
        }
    }

    private Session nextSession() {
        next = (next + STRIDE) % devices;
        return all[next];
    }

    /** For each message that the edge is given; where the session stands by itself is included. */
    @Benchmark
    public @Nullable Session findSession() {
        Session session = nextSession();
        return sessions.find(session.partition(), session.number());
    }

    /** For each session that ends, and the next that is opened. */
    @Benchmark
    public void removeAndAddSession() {
        Session session = nextSession();
        sessions.remove(session);
        sessions.add(session);
    }

    /** For each device that somebody wants closed. */
    @Benchmark
    public @Nullable Session findDevice() {
        return byDevice.find(nextSession().device());
    }
}
