package io.lastmile.router.heart;

import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame;
import java.util.List;

/** What the heart of one partition tells its shell to do. Commands are carried out in order. */
public sealed interface Command {
    /** Give the message to the session's device, over the hop to its edge. */
    record Send(SessionId session, long offset, MessageId id, long expiresInMs, Message message)
            implements Command {}

    /** Give the payload of a broadcast to these sessions' devices, over the hop to their edge. */
    record SendCopies(
            Incarnation edge,
            long offset,
            MessageId id,
            long expiresInMs,
            Audience audience,
            Message message,
            List<HopFrame.Recipient> recipients)
            implements Command {
        public SendCopies {
            recipients = List.copyOf(recipients);
        }
    }

    /**
     * Read the payload of this broadcast back, answer with {@link Event.BroadcastLoaded}.
     *
     * @param offset of its mark
     */
    record LoadBroadcast(long offset, BroadcastId id) implements Command {}

    /** Come back soon with {@link Event.Slice}, when others have had their turn. */
    record SliceSoon() implements Command {}

    /** Tell the session's edge to end it. */
    record CloseSession(SessionId session, EndReason reason) implements Command {}

    /** Tell the session's edge to write its {@code opened} again: the log does not have it. */
    record Announce(SessionId session) implements Command {}

    /** Read this message back from the log, answer with {@link Event.BodyLoaded}. */
    record LoadBody(DeviceId device, long offset) implements Command {}

    /** Read nodes to its end, answer with {@link Event.NodesRead}: an incarnation is unknown. */
    record ReadNodes() implements Command {}

    /**
     * Ask where messages end, answer with {@link Event.MessagesEnd}: an acknowledgement names a
     * message that has not come for long.
     *
     * @param acknowledged the offset that it names
     */
    record AskMessagesEnd(long acknowledged) implements Command {}

    /**
     * Ask where messages end, answer with {@link Event.JoinsEnd}: a join that is confirmed by now
     * stands below.
     */
    record AskJoinsEnd() implements Command {}

    /**
     * Write all of these in one transaction, answer with {@link Event.Committed}; where that fails,
     * the partition is dropped and this heart is thrown away. At most one is under way.
     */
    record Commit(List<Write> writes) implements Command {
        public Commit {
            writes = List.copyOf(writes);
        }
    }
}
