package io.lastmile.edge.socket;

/** A connection as its loop keeps it, whatever carries it. */
interface LoopConnection {
    /** Where it stands in {@link LoopConnections}, which gives it its place. */
    int place();

    void place(int place);

    /** {@link LoopEpoll} was told that something can be read or written. */
    void ready();

    /** About a second has passed. */
    void swept(long nanoTime);

    /** The loop is about to stop: closes at once. */
    void loopEnds();
}
