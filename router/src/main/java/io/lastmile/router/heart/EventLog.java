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
 */
final class EventLog {
    private final Watermark watermark;
    private final Reach reach;
    private final Consumer<Event.EdgeEventRead> apply;
    private final Consumer<Command> commands;
    private final ArrayDeque<Event.EdgeEventRead> held = new ArrayDeque<>();
    private @Nullable Incarnation askedFor;
    private long next;
    private long readTo;

    EventLog(
            long position,
            Watermark watermark,
            Reach reach,
            Consumer<Event.EdgeEventRead> apply,
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

    void read(Event.EdgeEventRead event) {
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
        Event.EdgeEventRead first = held.peekFirst();
        Incarnation answered = askedFor;
        askedFor = null;
        // Meanwhile another one may be waited for, of which that end of nodes says nothing.
        if (first != null && answered != null && answered.equals(first.event().session().edge())) {
            reach.absentFromNodes(answered);
        }
        release();
    }

    /** Applies what is held, as far as it can be understood by now. */
    void release() {
        long before = next;
        while (!held.isEmpty() && isUnderstood(held.getFirst())) {
            Event.EdgeEventRead event = held.removeFirst();
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

    private boolean isUnderstood(Event.EdgeEventRead event) {
        return switch (event.event()) {
            case EventRecord.Acked acked -> {
                long highest = -1;
                for (EventRecord.Ack ack : acked.acks()) {
                    highest = Math.max(highest, ack.offset());
                }
                yield highest < watermark.next();
            }
            case EventRecord.Opened opened -> isKnown(opened.session().edge());
            case EventRecord.Ended _ -> true;
        };
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
