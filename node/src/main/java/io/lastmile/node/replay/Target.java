package io.lastmile.node.replay;

import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;

/** Where copies go. One thread. */
public interface Target extends AutoCloseable {
    /** Takes a copy; may only have begun to when it returns. */
    void add(MessageId id, long acceptedAtMs, Message copy);

    /**
     * Waits until all copies taken are safe.
     *
     * @throws ReplayFailedException where one is not
     */
    void settle();

    @Override
    void close();

    /** Of a dry run. */
    Target NOWHERE =
            new Target() {
                @Override
                public void add(MessageId id, long acceptedAtMs, Message copy) {}

                @Override
                public void settle() {}

                @Override
                public void close() {}
            };
}
