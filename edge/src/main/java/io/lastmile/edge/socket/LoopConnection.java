package io.lastmile.edge.socket;

/** A connection as its loop keeps it, whatever carries it. */
interface LoopConnection {
    /** Where it stands in {@link LoopConnections}, which alone moves it. */
    int place();

    void place(int place);

    /** About a second has passed. */
    void swept(long nanoTime);

    /** The loop is about to stop: closes at once. */
    void loopEnds();
}
