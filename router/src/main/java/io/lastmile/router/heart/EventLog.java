package io.lastmile.router.heart;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.EventRecord;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reading position of events. An event that cannot be understood yet holds the position, and
 * all events behind it: an acknowledgement of a message that has not been read, or an {@code
 * opened} of an incarnation that nodes has not named.
 *
 * <p>Nobody acknowledges what is not in the log. An acknowledgement beyond its end is forged, or
 * the log has lost its end: it is passed over once Kafka has said so twice, some seconds apart,
 * since a new leader may not know at first how far the log goes.
 */
final class EventLog {
    /** So long an acknowledgement is held before anybody asks, and from one look to the next. */
    static final long LOOK_MS = 5_000;

    private static final int LOOKS = 2;
    private static final long NOTHING = -1;

    private final Watermark watermark;
    private final Reach reach;
    private final Consumer<Event.OfEdge> apply;
    private final Consumer<Command> commands;
    private final ArrayDeque<Event.OfEdge> held = new ArrayDeque<>();
    private @Nullable Incarnation askedFor;
    private long heldOffset = -1; // of the acknowledgement that is looked into
    private long lookAtMs;
    private int looksBeyond;
    private boolean endAsked;
    private long next;
    private long readTo;

    EventLog(
            long position,
            Watermark watermark,
            Reach reach,
            Consumer<Event.OfEdge> apply,
            Consumer<Command> commands) {
        this.next = position;
        this.readTo = position;
        this.watermark = watermark;
        this.reach = reach;
        this.apply = apply;
        this.commands = commands;
    }

    /** The offset of the first event that has not been applied. */
    long position() {
        return next;
    }

    /** Whether nothing is held, so that more may come. */
    boolean isFlowing() {
        return held.isEmpty();
    }

    void read(Event.OfEdge event) {
        if (event.offset() < readTo) {
            return; // read before: a consumer that was set back
        }
        readTo = event.offset() + 1;
        held.addLast(event);
        release();
    }

    void readTo(long nextOffset) {
        readTo = Math.max(readTo, nextOffset);
        release();
    }

    /** Nodes has been read to its end: an incarnation that it does not name never comes. */
    void nodesRead() {
        Event.OfEdge first = held.peekFirst();
        Incarnation answered = askedFor;
        askedFor = null;
        // Meanwhile another one may be waited for, of which that end of nodes says nothing.
        if (first instanceof Event.EdgeEventRead(var _, var _, EventRecord.Opened opened)
                && opened.session().edge().equals(answered)
                && answered != null) {
            reach.absentFromNodes(answered);
        }
        release();
    }

    /** Time passes: an acknowledgement that is held for long is looked into. */
    void tick(long nowMs) {
        Event.OfEdge first = held.peekFirst();
        if (first == null || acknowledged(first) == NOTHING) {
            heldOffset = -1;
        } else if (first.offset() != heldOffset) {
            heldOffset = first.offset();
            lookAtMs = nowMs + LOOK_MS;
            looksBeyond = 0;
            endAsked = false;
        } else if (nowMs >= lookAtMs && !endAsked) {
            endAsked = true;
            lookAtMs = nowMs + LOOK_MS;
            commands.accept(new Command.AskMessagesEnd(acknowledged(first)));
        }
    }

    /** Where messages ended when they were asked for. */
    void messagesEnd(long end) {
        Event.OfEdge first = held.peekFirst();
        if (!endAsked || first == null || first.offset() != heldOffset) {
            return;
        }
        endAsked = false;
        looksBeyond = acknowledged(first) >= end ? looksBeyond + 1 : 0;
        if (looksBeyond == LOOKS) {
            held.removeFirst();
            apply.accept(first); // those of its acknowledgements that can be, are
            next = first.offset() + 1;
            release();
        }
    }

    /** The highest offset of messages that it acknowledges; none where it acknowledges nothing. */
    private static long acknowledged(Event.OfEdge event) {
        return switch (event) {
            case Event.CopiesAckedRead(var _, var acked) -> acked.offset();
            case Event.EdgeEventRead(var _, var _, EventRecord.Acked acked) ->
                    acked.acks().stream().mapToLong(EventRecord.Ack::offset).max().orElse(NOTHING);
            case Event.EdgeEventRead _ -> NOTHING;
        };
    }

    /** Applies what is held, as far as it can be understood by now. */
    void release() {
        long before = next;
        while (!held.isEmpty() && isUnderstood(held.getFirst())) {
            Event.OfEdge event = held.removeFirst();
            apply.accept(event);
            next = event.offset() + 1;
        }
        if (held.isEmpty()) {
            next = readTo;
        }
        if (next != before) {
            reach.eventsReadTo(next);
        }
    }

    private boolean isUnderstood(Event.OfEdge event) {
        return event instanceof Event.EdgeEventRead(var _, var _, EventRecord.Opened opened)
                ? isKnown(opened.session().edge())
                : acknowledged(event) < watermark.next();
    }

    private boolean isKnown(Incarnation edge) {
        if (reach.knows(edge)) {
            return true;
        }
        if (askedFor == null) {
            askedFor = edge;
            commands.accept(new Command.ReadNodes());
        }
        return false;
    }
}
