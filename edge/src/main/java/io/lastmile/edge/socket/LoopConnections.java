package io.lastmile.edge.socket;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop, for its sweep and its epoll: an array in which each connection
 * has a place that is its own until it leaves. Used by that loop only.
 */
final class LoopConnections {
    /** How many sweeps an ended connection may still wait for the other end's FIN. */
    static final int SWEEPS_LINGERING = 2;

    private @Nullable Protocol<Object> protocol;
    private @Nullable LoopConnection[] connections = new LoopConnection[64];
    private int end;
    private int[] free = new int[64];
    private int freeCount;
    private final int stalledSweepsMax;
    private final Task each;
    private final SendQueue sendQueue = new SendQueue();
    private final Metrics.Counter bytesReceived;
    private final Metrics.Counter bytesSent;
    private final IdentityHashMap<LoopConnection, Arrival> arriving = new IdentityHashMap<>();

    /**
     * None yet.
     *
     * @param stalledSweepsMax how many sweeps a device's system may take nothing of what is on its
     *     way to it
     */
    LoopConnections(int stalledSweepsMax, Metrics metrics) {
        this.stalledSweepsMax = stalledSweepsMax;
        each = metrics.tasks().task("edge-connections");
        bytesReceived = metrics.counter(Metric.EDGE_TRAFFIC, "in");
        bytesSent = metrics.counter(Metric.EDGE_TRAFFIC, "out");
    }

    /** What is spoken over all of them; to be said before the first comes. */
    @SuppressWarnings("unchecked") // each is given back what it made itself
    void speak(Protocol<?> spoken) {
        protocol = (Protocol<Object>) spoken;
    }

    Protocol<Object> protocol() {
        return Objects.requireNonNull(protocol, "nobody listens");
    }

    /** Whether a device's system has taken nothing for too long, at a sweep. */
    boolean isStalled(Outgoing outgoing, long unacknowledged) {
        return outgoing.sweepsWithout(unacknowledged) > stalledSweepsMax;
    }

    /** What is in the kernel and not yet in the device's, of this socket. */
    int sendQueueBytes(int descriptor) {
        return sendQueue.bytes(descriptor);
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
            try {
                connection.ready();
            } catch (Throwable e) {
                drop(connection, e);
            }
        }
    }

    /** Something failed by a bug, in one connection or before there was one. */
    void failed(Throwable bug) {
        each.failed(bug);
    }

    /** What one connection throws is its own end and keeps no other from its turn. */
    @SuppressWarnings("ReferenceEquality") // a descriptor equals another of its number
    private void drop(LoopConnection connection, Throwable bug) {
        failed(bug);
        try {
            connection.loopEnds();
        } catch (Throwable e) {
            failed(e);
            if (connections[connection.place()] == connection) {
                remove(connection);
            }
        }
    }

    /** Closes all. */
    void loopEnds() {
        for (int i = 0; i < end; i++) {
            LoopConnection connection = connections[i];
            if (connection != null) {
                try {
                    connection.loopEnds();
                } catch (Throwable e) {
                    failed(e);
                }
            }
        }
    }

    /** Sweeps all, whatever one of them does. */
    void sweep(long nanoTime) {
        for (int i = 0; i < end; i++) {
            LoopConnection connection = connections[i];
            if (connection != null) {
                try {
                    connection.swept(nanoTime);
                } catch (Throwable e) {
                    drop(connection, e);
                }
            }
        }
    }
}
