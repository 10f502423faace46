package io.lastmile.edge.socket;

/** What is spoken over the connections of a listener. Called from any loop. */
@FunctionalInterface
public interface Protocol {
    /** A device connected. */
    Peer opened(Connection connection);
}
