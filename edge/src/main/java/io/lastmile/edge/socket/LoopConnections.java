package io.lastmile.edge.socket;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop, for its sweep: an array in which each connection knows its
 * place, so that leaving costs no search and being there no node. Used by that loop only.
 */
final class LoopConnections {
    /** How many sweeps an ended connection may still wait for the other end's FIN. */
    static final int SWEEPS_LINGERING = 2;

    private @Nullable LoopConnection[] connections = new LoopConnection[64];
    private int size;

    void add(LoopConnection connection) {
        if (size == connections.length) {
            connections = Arrays.copyOf(connections, size + (size >> 1));
        }
        connection.place(size);
        connections[size++] = connection;
    }

    void remove(LoopConnection connection) {
        int place = connection.place();
        LoopConnection last = connections[--size];
        connections[size] = null;
        if (last != null && place != size) {
            connections[place] = last;
            last.place(place);
        }
    }

    /** Closes all, the last first. */
    void loopEnds() {
        for (int i = size - 1; i >= 0; i--) {
            LoopConnection connection = connections[i];
            if (connection != null) {
                connection.loopEnds();
            }
        }
    }

    /** Sweeps all; from the end, since one that closes swaps the last into its place. */
    void sweep(long nanoTime) {
        for (int i = size - 1; i >= 0; i--) {
            LoopConnection connection = connections[i];
            if (connection != null) {
                connection.swept(nanoTime);
            }
        }
    }
}
