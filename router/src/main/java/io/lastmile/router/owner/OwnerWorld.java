package io.lastmile.router.owner;

import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.Write;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame;
import java.util.List;

/**
 * What is done for an owned partition, and answered with {@link OwnedPartition#feed(Event)} unless
 * it says otherwise. Called under the partition's lock: must not block.
 */
public interface OwnerWorld {
    /** Sends the frame with the next flush, if the hop is open. */
    void send(Incarnation edge, HopFrame.FromRouter frame);

    /** The partition has been told everything for now: what was sent goes out. */
    void flush();

    /** Reads a body back, see {@link Event.BodyLoaded}. */
    void load(OwnedPartition from, DeviceId device, long offset);

    /** Reads the payload of a broadcast back, see {@link Event.BroadcastLoaded}. */
    void load(OwnedPartition from, long offset, BroadcastId id);

    /** Others have their turn, then see {@link Event.Slice}. */
    void sliceSoon(OwnedPartition from);

    /** Asks where messages end, see {@link Event.JoinsEnd}. */
    void askJoinsEnd(OwnedPartition from);

    /** Commits all of these or none, see {@link Event.Committed}; fails as {@link #broken}. */
    void commit(OwnedPartition from, List<Write> writes);

    /** Reads nodes to its end, see {@link Event.NodesRead}. */
    void readNodes(OwnedPartition from);

    /** Asks where messages end, see {@link Event.MessagesEnd}. */
    void askMessagesEnd(OwnedPartition from, long acknowledged);

    /** Asks where events end, answered with {@link OwnedPartition#eventsEnd}. */
    void askEventsEnd(OwnedPartition from, EventsEnd asked);

    /** A rule of its own is broken: its state is worth nothing, the log's is. It is dropped. */
    void broken(OwnedPartition from, RuntimeException bug);
}
