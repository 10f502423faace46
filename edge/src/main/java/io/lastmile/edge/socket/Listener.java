package io.lastmile.edge.socket;

/** An open listener. */
interface Listener {
    /** Where it listens. */
    int port();

    /** Stops accepting; connections stay. */
    void stop();
}
