package io.lastmile.api.http;

import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.node.Clock;
import io.lastmile.node.Shares;
import io.lastmile.wire.Message;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The way of a batch's messages to Kafka: each waits for room, so that a batch is read only as fast
 * as Kafka takes it, and has that room until it is answered. Any thread.
 */
final class BatchSender {
    private static final Duration ROOM_WITHIN_LEAST = Duration.ofSeconds(5);

    private final MessageSender sender;
    private final Shares room;
    private final CongestionWindow window;
    private final Clock clock;
    private final Duration roomWithin;

    /**
     * The way to this sender.
     *
     * @param room how many bytes of batches may be on their way, shared in turns
     * @param window how many messages of them
     */
    BatchSender(MessageSender sender, Shares room, CongestionWindow window, Clock clock) {
        this.sender = sender;
        this.room = room;
        this.window = window;
        this.clock = clock;
        // By then whatever is on its way now has an answer, or has none.
        Duration answered = sender.deadline().plusSeconds(1);
        roomWithin = answered.compareTo(ROOM_WITHIN_LEAST) < 0 ? ROOM_WITHIN_LEAST : answered;
    }

    /**
     * Waits for a caller's turn, for at least five seconds and until all that is on its way now has
     * been answered, and hands the message over; null where there was none.
     */
    @Nullable CompletableFuture<SendResult> begin(String caller, Message message)
            throws InterruptedException {
        int bytes = PostMessage.RECORD_BYTES + message.payload().length();
        if (!hasRoom(caller, bytes)) {
            return null;
        }
        long begunNs = clock.nanoTime();
        CompletableFuture<SendResult> begun;
        try {
            begun = sender.begin(message);
        } catch (RuntimeException e) {
            room.give(caller, bytes);
            window.giveBack(caller);
            throw e;
        }
        boolean isEarlier = begun.isDone(); // that of the same key, mostly
        var _ = begun.thenAccept(result -> end(caller, bytes, begunNs, isEarlier, result));
        return begun;
    }

    private boolean hasRoom(String caller, int bytes) throws InterruptedException {
        if (!room.await(caller, bytes, roomWithin)) {
            return false;
        }
        boolean hasRoom = false;
        try {
            hasRoom = window.await(caller, roomWithin);
            return hasRoom;
        } finally {
            if (!hasRoom) {
                room.give(caller, bytes);
            }
        }
    }

    private void end(String caller, int bytes, long begunNs, boolean isEarlier, SendResult result) {
        room.give(caller, bytes);
        if (isEarlier && !result.isMissing()) {
            window.giveBack(caller);
        } else {
            window.end(caller, begunNs, !result.isMissing());
        }
    }
}
