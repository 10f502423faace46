package io.lastmile.bench.throughput;

import io.lastmile.bench.Figure;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of the ways that are compared: from a producer to whoever has a message in the end. */
interface Side extends AutoCloseable {
    String name();

    /** The figure of messages a second. */
    Figure rate();

    /** The processes that take part, by the figure of what a message costs each. */
    Map<Figure, Long> pids();

    /** Connects its devices, if it has some. */
    void connect() throws Exception;

    /** Sends for so many seconds, as fast as it can, and waits for what is under way. */
    Round run(int seconds) throws Exception;

    /** Why the latest message was refused; null where none was. */
    default @Nullable String lastRefusal() {
        return null;
    }

    /** Closes their connections. */
    void disconnect() throws IOException;

    @Override
    void close() throws IOException;

    /**
     * What a round came to.
     *
     * @param messages that arrived
     * @param tookNs from the first send to the last arrival
     * @param lost accepted, and not there, or without a proof of it
     * @param duplicates given more than once or out of order, or with more than one receipt
     * @param refused not accepted
     */
    record Round(long messages, long tookNs, long lost, long duplicates, long refused) {
        double perSecond() {
            return messages * 1e9 / tookNs;
        }
    }
}
