package io.lastmile.simulation;

import static io.lastmile.simulation.InvariantBroken.check;

import io.lastmile.router.heart.Command;
import io.lastmile.router.heart.DeviceView;
import io.lastmile.router.heart.DeviceView.MessageView;
import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.PartitionHeart;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
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
    void told(Event event, @Nullable PartitionHeart heart) {
        if (heart == null
                || !(event instanceof Event.MessageRead(var offset, var _, var message))) {
            return;
        }
        MessageId cancelled = message.cancel();
        List<MessageView> unsettled = unsettled(heart, message.device());
        boolean taken = unsettled.stream().anyMatch(view -> view.offset() == offset);
        for (MessageView view : unsettled) {
            boolean replaced =
                    taken
                            && message.collapseKey() != null
                            && message.collapseKey().equals(acceptedKey(view.offset()))
                            && !isLater(view.facts().id(), id(message, offset));
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

    /** Behind which the other was appended again, though it was accepted before. */
    private static boolean isLater(MessageId id, MessageId than) {
        return id.partition() == than.partition() && id.offset() > than.offset();
    }

    private MessageId id(Message message, long offset) {
        MessageId origin = message.origin();
        return origin == null ? new MessageId(partition, offset) : origin;
    }

    /** The heart commands to send, and knows of the message what it knows. */
    void sends(Command.Send send, @Nullable PartitionHeart heart) {
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

    private static List<MessageView> unsettled(PartitionHeart heart, DeviceId device) {
        return heart.device(device).map(DeviceView::unsettled).orElse(List.of());
    }
}
