package io.lastmile.router.heart;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.MarkRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the world tells the heart of one partition. Times are read by the shell and carried in. */
public sealed interface Event {
    /**
     * A record of the partition of messages, in offset order, from the watermark on.
     *
     * @param appendedAtMs the broker's append time
     */
    record MessageRead(long offset, long appendedAtMs, Message message) implements Event {}

    /**
     * A record of messages that cannot be understood.
     *
     * @param device whose receipt says so; null where not even the key is a device id
     * @param rejected the record as it came, for the rejects topic
     */
    record UnreadableRead(
            long offset,
            long appendedAtMs,
            @Nullable DeviceId device,
            String reason,
            Rejected rejected)
            implements Event {}

    /**
     * A record that its key does not hash to this partition: to be appended again in the right one.
     *
     * @param partition the right one
     */
    record MisplacedRead(long offset, long appendedAtMs, int partition, Message message)
            implements Event {}

    /** A mark, which an owner of the partition has written. */
    record MarkRead(long offset, MarkRecord mark) implements Event {}

    /** A record of broadcasts, in offset order, from the checkpoint's position on. */
    record BroadcastRead(BroadcastFacts facts) implements Event {}

    /**
     * A record of broadcasts that takes one back.
     *
     * @param offset of the record
     */
    record BroadcastCancelled(long offset, BroadcastId cancelled) implements Event {}

    /** A record of broadcasts that cannot be understood. */
    record BroadcastUnreadable(long offset, String reason, Rejected rejected) implements Event {}

    /** Broadcasts end there: whoever has read further has read what is lost. */
    record BroadcastsEnd(long end) implements Event {}

    /** Broadcasts below this offset have all been read: what is missing are holes. */
    record BroadcastsReadTo(long nextOffset) implements Event {}

    /**
     * The payload asked for with {@link Command.LoadBroadcast}.
     *
     * @param message null where retention took it
     */
    record BroadcastLoaded(long offset, @Nullable Message message) implements Event {}

    /**
     * Where messages ended, asked for after {@link Command.AskJoinsEnd}; negative where Kafka did
     * not say.
     */
    record JoinsEnd(long end) implements Event {}

    /** The turn asked for with {@link Command.SliceSoon}. */
    record Slice() implements Event {}

    /** What an edge says of many copies of a broadcast. */
    record CopiesAckedRead(long offset, CopiesAckedRecord acked) implements OfEdge {}

    /** Messages below this offset have all been read: what is missing are markers and holes. */
    record MessagesReadTo(long nextOffset) implements Event {}

    /** A record of the partition of events, in offset order, from the checkpoint's position on. */
    sealed interface OfEdge extends Event {
        /** Where it stands. */
        long offset();
    }

    /** What an edge says of one session. */
    record EdgeEventRead(long offset, DeviceId device, EventRecord event) implements OfEdge {}

    /** Events below this offset have all been read: what is missing are markers and holes. */
    record EventsReadTo(long nextOffset) implements Event {}

    /** The nodes topic names this incarnation of an edge, and no {@code gone} of it. */
    record EdgeUp(Incarnation edge) implements Event {}

    /**
     * The nodes topic says that this incarnation is gone.
     *
     * @param eventsEnd the end of this partition of events, asked for after reading so: only when
     *     events are read to it have the edge's last words been heard
     */
    record EdgeGone(Incarnation edge, long eventsEnd) implements Event {}

    /**
     * Where messages ended, asked for after {@link Command.AskMessagesEnd}; {@link Long#MAX_VALUE}
     * where Kafka did not say.
     */
    record MessagesEnd(long end) implements Event {}

    /** The nodes topic has been read to the end asked for after {@link Command.ReadNodes}. */
    record NodesRead() implements Event {}

    /**
     * An edge answered {@code own}.
     *
     * @param held all its sessions of this partition
     * @param highestIssued the highest session number it has given out
     * @param eventsEnd the end of this partition of events, asked for after the answer
     */
    record EdgeAnswered(
            Incarnation edge, List<HeldSession> held, long highestIssued, long eventsEnd)
            implements Event {
        public EdgeAnswered {
            held = List.copyOf(held);
        }
    }

    /** The hop to the edge broke: nothing more goes there until it has answered again. */
    record EdgeCutOff(Incarnation edge) implements Event {}

    /**
     * The hop to the edge takes no more for now, or takes more again: only its own sessions wait.
     *
     * @param stalled true for no more
     */
    record EdgeStalled(Incarnation edge, boolean stalled) implements Event {}

    /** The edge has no such session any more; its {@code ended} is or will be in events. */
    record SessionNotHere(SessionId session, long offset) implements Event {}

    /**
     * The body asked for with {@link Command.LoadBody}.
     *
     * @param message null where retention took it
     */
    record BodyLoaded(DeviceId device, long offset, @Nullable Message message) implements Event {}

    /** The transaction of the last {@link Command.Commit} is committed. */
    record Committed() implements Event {}

    /** Commit what there is as soon as possible: the partition is about to be handed over. */
    record HandOver() implements Event {}

    /** Time has passed, see {@link PartitionHeart#timeIs}: what follows from that happens. */
    record Tick() implements Event {}
}
