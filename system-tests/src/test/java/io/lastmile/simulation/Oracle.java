package io.lastmile.simulation;

import static io.lastmile.simulation.InvariantBroken.check;

import io.lastmile.edge.session.Session;
import io.lastmile.router.heart.BroadcastView;
import io.lastmile.router.heart.DeviceView;
import io.lastmile.router.heart.DeviceView.MessageView;
import io.lastmile.router.heart.Event;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.PresenceRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Watches one heart: what it was told to end it must not send, now or later. */
final class Oracle {
    private final World world;
    private final int partition;
    private Set<Long> ending = Set.of();
    private final Set<BroadcastId> cancelled = new HashSet<>();

    Oracle(World world, int partition) {
        this.world = world;
        this.partition = partition;
    }

    /** The owner begins: an ending that was remembered before its claim is remembered by it. */
    void begins(long epoch) {
        ending = world.books.remembered(partition, epoch);
        ending.addAll(world.books.broadcasts().ended(partition, epoch));
    }

    /** A record of messages was read; the heart has been told, if nobody interfered. */
    void told(Event event, @Nullable OwnedPartition heart) {
        if (heart != null) {
            toldOfBroadcasts(event, heart);
        }
        if (heart == null
                || !(event instanceof Event.MessageRead(var offset, var _, var message))) {
            return;
        }
        MessageId cancelled = message.cancel();
        List<MessageView> unsettled = unsettled(heart, message.device());
        // One that is to end itself, because its time ran out unread, takes nobody's place.
        boolean taken =
                unsettled.stream()
                        .anyMatch(view -> view.offset() == offset && view.facts().ending() == null);
        for (MessageView view : unsettled) {
            boolean replaced =
                    taken
                            && message.collapseKey() != null
                            && message.collapseKey().equals(acceptedKey(view))
                            && message.notBeforeMs() == Message.ABSENT
                            && isBefore(view, offset);
            boolean ends = replaced || view.facts().id().equals(cancelled);
            check(
                    !ends || view.offset() >= offset || view.facts().ending() != null,
                    Invariant.ENDING_IS_KEPT,
                    () -> view + " stays as it was after " + message);
        }
    }

    /** A broadcast is taken back, or replaced by one whose mark is read. */
    private void toldOfBroadcasts(Event event, OwnedPartition heart) {
        switch (event) {
            case Event.MarkRead(var offset, var mark) -> {
                world.books
                        .broadcasts()
                        .replaced(partition, offset)
                        .forEach(earlier -> checkEnds(heart, earlier, event));
                if (cancelled.contains(mark.facts().id())) {
                    checkCancelled(heart, mark.facts().id(), event);
                }
            }
            case Event.BroadcastCancelled(_, var id) -> {
                cancelled.add(id);
                checkCancelled(heart, id, event);
            }
            default -> {}
        }
    }

    /** Unless that waits for marks. */
    private void checkCancelled(OwnedPartition heart, BroadcastId id, Event event) {
        if (heart.wantsBroadcasts()) {
            heart.ask(it -> it.broadcast(id))
                    .ifPresent(view -> checkEnds(heart, view.mark().offset(), event));
        }
    }

    private void checkEnds(OwnedPartition heart, long mark, Event event) {
        BroadcastView view = find(heart, mark);
        check(
                view == null || view.waiting() == 0 || view.state().ending() != null,
                Invariant.ENDING_IS_KEPT,
                () -> view + " stays as it was after " + event);
    }

    private @Nullable BroadcastView find(OwnedPartition heart, long mark) {
        BroadcastId id = world.books.broadcasts().idAt(partition, mark);
        return heart.ask(it -> it.broadcast(id)).orElse(null);
    }

    /** The collapse key it was accepted with, whatever the heart holds; null for a copy. */
    private @Nullable String acceptedKey(MessageView view) {
        Story story = world.books.story(partition, view.offset(), view.device());
        return story.isCopy() ? null : story.collapseKey();
    }

    /** Whether it was accepted before the one that was read: that may have been due only now. */
    private boolean isBefore(MessageView view, long readOffset) {
        return world.books.story(partition, view.offset()).keyedOffset
                < world.books.story(partition, readOffset).keyedOffset;
    }

    /** The heart commands to send, and knows of the message what it knows. */
    void sends(HopFrame.Deliver send, @Nullable OwnedPartition heart) {
        world.books.ownerSends(partition, send.offset(), send.message().device());
        boolean ends = ending.contains(send.offset());
        if (heart != null) {
            for (MessageView view : unsettled(heart, send.message().device())) {
                ends |= view.offset() == send.offset() && view.facts().ending() != null;
            }
        }
        boolean sent = !ends && send.expiresInMs() > 0;
        check(sent, Invariant.ENDING_IS_KEPT, () -> send + " was to end");
    }

    /** The same of copies. */
    void sends(HopFrame.Copies copies, Incarnation edge, @Nullable OwnedPartition heart) {
        for (HopFrame.Recipient one : copies.recipients()) {
            DeviceId device = world.books.deviceOf(new SessionId(edge, one.session()));
            world.books.ownerSends(partition, copies.offset(), device);
        }
        BroadcastView view = heart == null ? null : find(heart, copies.offset());
        boolean ends =
                ending.contains(copies.offset())
                        || copies.expiresInMs() <= 0
                        || (view != null && view.state().ending() != null);
        check(!ends, Invariant.ENDING_IS_KEPT, () -> copies + " was to end");
    }

    /** What it takes for in flight in a session, the session has been given. */
    void looksAt(OwnedPartition heart) {
        for (SimulatedDevice device : world.devices) {
            if (device.partition == partition) {
                heart.device(device.id).ifPresent(view -> looksAt(view, heart.epoch()));
            }
        }
    }

    private void looksAt(DeviceView view, long epoch) {
        PresenceRecord presence = view.presence();
        if (presence == null || !presence.awaited().isEmpty()) {
            return;
        }
        SessionId id = presence.session();
        Session session = world.edge(id.edge().node()).find(partition, epoch, id);
        if (session == null || session.isEnding()) {
            return;
        }
        for (MessageView message : view.unsettled()) {
            if (message.inFlight() && message.offset() <= session.highestSent()) {
                Story story = world.books.story(partition, message.offset(), view.device());
                check(
                        world.books.isGiven(session, message.offset())
                                || story.isGone
                                || isAckLost(story),
                        Invariant.TAKEN_FOR_SENT,
                        () -> story + " is taken for in flight in " + session);
            }
        }
    }

    /** Whether retention has taken, perhaps unread, what an owner before acted upon. */
    private boolean isAckLost(Story story) {
        long eventsStart = world.partitions.get(partition).events.start();
        return story.sends.stream().anyMatch(sent -> sent.ackOffset < eventsStart);
    }

    private static List<MessageView> unsettled(OwnedPartition heart, DeviceId device) {
        return heart.device(device).map(DeviceView::unsettled).orElse(List.of());
    }
}
