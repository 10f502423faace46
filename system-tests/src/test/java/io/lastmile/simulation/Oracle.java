package io.lastmile.simulation;

import static io.lastmile.simulation.InvariantBroken.check;

import io.lastmile.router.heart.DeviceView;
import io.lastmile.router.heart.DeviceView.MessageView;
import io.lastmile.router.heart.Event;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.hop.HopFrame;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Watches one heart: what it was told to end it must not send, now or later. */
final class Oracle {
    private final World world;
    private final int partition;
    private Set<Long> ending = Set.of();

    Oracle(World world, int partition) {
        this.world = world;
        this.partition = partition;
    }

    /** The owner begins: an ending that was remembered before its claim is remembered by it. */
    void begins(long epoch) {
        ending = world.books.remembered(partition, epoch);
    }

    /** A record of messages was read; the heart has been told, if nobody interfered. */
    void told(Event event, @Nullable OwnedPartition heart) {
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
                            && message.collapseKey().equals(acceptedKey(view.offset()))
                            && message.notBeforeMs() == Message.ABSENT
                            && isBefore(view, offset);
            boolean ends = replaced || view.facts().id().equals(cancelled);
            check(
                    !ends || view.offset() >= offset || view.facts().ending() != null,
                    Invariant.ENDING_IS_KEPT,
                    () -> view + " stays as it was after " + message);
        }
    }

    /** The collapse key it was accepted with, whatever the heart holds. */
    private @Nullable String acceptedKey(long offset) {
        return world.books.story(partition, offset).collapseKey();
    }

    /** Whether it was accepted before the one that was read: that may have been due only now. */
    private boolean isBefore(MessageView view, long readOffset) {
        return world.books.story(partition, view.offset()).keyedOffset
                < world.books.story(partition, readOffset).keyedOffset;
    }

    /** The heart commands to send, and knows of the message what it knows. */
    void sends(HopFrame.Deliver send, @Nullable OwnedPartition heart) {
        world.books.ownerSends(partition, send.offset());
        boolean ends = ending.contains(send.offset());
        if (heart != null) {
            for (MessageView view : unsettled(heart, send.message().device())) {
                ends |= view.offset() == send.offset() && view.facts().ending() != null;
            }
        }
        boolean sent = !ends && send.expiresInMs() > 0;
        check(sent, Invariant.ENDING_IS_KEPT, () -> send + " was to end");
    }

    private static List<MessageView> unsettled(OwnedPartition heart, DeviceId device) {
        return heart.device(device).map(DeviceView::unsettled).orElse(List.of());
    }
}
