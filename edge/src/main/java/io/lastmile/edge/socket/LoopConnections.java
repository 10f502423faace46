package io.lastmile.edge.socket;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop, for its sweep and its epoll: an array in which each connection
 * has a place that is its own until it leaves. Used by that loop only.
 */
final class LoopConnections {
    /** How many sweeps an ended connection may still wait for the other end's FIN. */
    static final int SWEEPS_LINGERING = 2;

    private @Nullable LoopConnection[] connections = new LoopConnection[64];
    private int end;
    private int[] free = new int[64];
    private int freeCount;
    private final int stalledSweepsMax;
    private final Metrics.Counter bytesReceived;
    private final Metrics.Counter bytesSent;
    private final IdentityHashMap<LoopConnection, Arrival> arriving = new IdentityHashMap<>();

    /**
     * None yet.
     *
     * @param stalledSweepsMax how many sweeps a device may take nothing of what waits for it
     */
    LoopConnections(int stalledSweepsMax, Metrics metrics) {
        this.stalledSweepsMax = stalledSweepsMax;
        bytesReceived = metrics.counter(Metric.EDGE_TRAFFIC, "in");
        bytesSent = metrics.counter(Metric.EDGE_TRAFFIC, "out");
    }

    int stalledSweepsMax() {
        return stalledSweepsMax;
    }

    void countReceived(int bytes) {
        bytesReceived.add(bytes);
    }

    void countSent(int bytes) {
        bytesSent.add(bytes);
    }

    void add(LoopConnection connection, Arrival arrival) {
        arriving.put(connection, arrival);
        int place = freeCount > 0 ? free[--freeCount] : end++;
        if (place == connections.length) {
            connections = Arrays.copyOf(connections, place + (place >> 1));
        }
        connection.place(place);
        connections[place] = connection;
    }

    void remove(LoopConnection connection) {
        arrived(connection);
        connections[connection.place()] = null;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount + (freeCount >> 1));
        }
        free[freeCount++] = connection.place();
    }

    /** Its CONNECT is answered, or it is no more. */
    void arrived(LoopConnection connection) {
        Arrival arrival = arriving.remove(connection);
        if (arrival != null) {
            arrival.end();
        }
    }

    /** Where it comes from, as long as it arrives; null where nobody knows. */
    @Nullable InetAddress origin(LoopConnection connection) {
        Arrival arrival = arriving.get(connection);
        return arrival == null ? null : arrival.origin();
    }

    /** A load balancer says where it comes from; false where there are too many from there. */
    boolean comesFrom(LoopConnection connection, InetAddress address) {
        Arrival arrival = arriving.get(connection);
        return arrival == null || arrival.comesFrom(address);
    }

    /** An event for whoever is at this place; it may just have left. */
    void ready(int place) {
        LoopConnection connection = connections[place];
        if (connection != null) {
            connection.ready();
        }
    }

    /** Closes all. */
    void loopEnds() {
        for (int i = 0; i < end; i++) {
            LoopConnection connection = connections[i];
            if (connection != null) {
                connection.loopEnds();
            }
        }
    }

    /** Sweeps all. */
    void sweep(long nanoTime) {
        for (int i = 0; i < end; i++) {
            LoopConnection connection = connections[i];
            if (connection != null) {
                connection.swept(nanoTime);
            }
        }
    }
}
