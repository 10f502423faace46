package io.lastmile.api.http;

import io.lastmile.node.replay.Target;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import java.util.Queue;

/** Keeps the copies. */
record ReplayedTo(Queue<Message> copies) implements Target {
    @Override
    public void add(MessageId id, long acceptedAtMs, Message copy) {
        copies.add(copy);
    }

    @Override
    public void settle() {}

    @Override
    public void close() {}
}
