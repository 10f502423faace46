package io.lastmile.bench.stadium;

import io.lastmile.bench.Figure;
import java.io.IOException;
import java.util.Map;

/** One of the two ways to all devices that are compared. */
interface Side extends AutoCloseable {
    String name();

    /** Connects all devices, and waits until whoever has to know of it does. */
    void connect() throws IOException;

    /** Sends each device the message of that wave, and waits until all of it is over. */
    Map<Figure, Double> wave(int number) throws Exception;

    /** Closes all connections, and waits until nobody has anything more to do with that. */
    void leave() throws IOException;

    @Override
    void close() throws IOException;
}
