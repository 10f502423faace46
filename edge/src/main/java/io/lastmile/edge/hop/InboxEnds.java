package io.lastmile.edge.hop;

import java.util.function.LongConsumer;

/**
 * Where the partitions of the inbox topic end: an epoch is the offset of a claim in there, so none
 * can be at the end or beyond. Any thread.
 */
@FunctionalInterface
public interface InboxEnds {
    /** The end where Kafka does not tell it. */
    long UNKNOWN = -1;

    /**
     * Asks Kafka, without making the caller wait.
     *
     * @param action is given an end asked for after this call, or {@link #UNKNOWN}, on any thread
     *     and within seconds
     */
    void ask(int partition, LongConsumer action);
}
