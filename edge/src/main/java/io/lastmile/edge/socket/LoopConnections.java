package io.lastmile.edge.socket;

import java.util.Arrays;
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

    void add(LoopConnection connection) {
        int place = freeCount > 0 ? free[--freeCount] : end++;
        if (place == connections.length) {
            connections = Arrays.copyOf(connections, place + (place >> 1));
        }
        connection.place(place);
        connections[place] = connection;
    }

    void remove(LoopConnection connection) {
        connections[connection.place()] = null;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount + (freeCount >> 1));
        }
        free[freeCount++] = connection.place();
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
