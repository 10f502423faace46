package io.lastmile.router.owner;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame;
import java.util.Set;

/** The connections to all edges, made again while they break. */
public interface EdgeHops {
    /** Keeps a connection to the edge from now on. */
    void keep(Incarnation edge, String host, int port);

    /** Ends the connection to an edge that is gone. */
    void drop(Incarnation edge);

    /**
     * Sends a frame with the next flush if the hop is open; drops it otherwise, since whoever opens
     * a hop again asks first what has arrived.
     */
    void send(Incarnation edge, HopFrame.FromRouter frame);

    /** Writes what was sent to the edge, from the calling thread, which never waits for it. */
    void flush(Incarnation edge);

    /** Edges whose hop is open. */
    Set<Incarnation> connected();
}
