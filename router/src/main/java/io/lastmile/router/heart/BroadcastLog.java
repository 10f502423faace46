package io.lastmile.router.heart;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.CheckpointRecord.BroadcastsRead;
import io.lastmile.wire.record.MarkRecord;
import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Reads broadcasts as far as their marks: which concern somebody in this partition, and when.
 *
 * <pre>
 *   what is read            what becomes of it
 *   concerns somebody       a mark, in a transaction that starts at once
 *   concerns nobody         undecided, until every join that may be confirmed by now is read
 *   is not due yet          scheduled; a mark when it is due, whoever it concerns then
 *   takes another back      waits for marks that are on their way, and all behind it with it
 *   cannot be understood    to rejects, by the owner of the first partition
 * </pre>
 */
final class BroadcastLog {
    private static final int UNDECIDED_MAX = 10_000;

    /** States of {@link #joinsEnd}. */
    private static final long NOT_ASKED = -1;

    private static final long ASKED = -2;

    private final int partition;
    private final Now now;
    private final Channels channels;
    private final Ledger ledger;
    private final Certainty certainty;
    private final Consumer<Command> commands;

    /** What waits for marks that are on their way. */
    private final ArrayDeque<Event> waitingForMarks = new ArrayDeque<>();

    /** Those that concern nobody whose joins have been read. */
    private final ArrayDeque<BroadcastFacts> undecided = new ArrayDeque<>();

    private final TreeMap<BroadcastId, BroadcastFacts> scheduled = new TreeMap<>();
    private Consumer<BroadcastId> cancelled = _ -> {};
    private long position;
    private long marks;
    private long cut;
    private boolean hurried;
    private long joinsEnd = NOT_ASKED;
    private long askedTo; // of those undecided, the ones that had been read when it was asked
    private long askedForMarks; // those below were committed when it was asked
    private long marksClosing;
    private long marksCommitted;

    BroadcastLog(
            Terms terms,
            Restored restored,
            Channels channels,
            Ledger ledger,
            Certainty certainty,
            Consumer<Command> commands) {
        BroadcastsRead read = restored.positions().broadcasts();
        this.partition = terms.partition();
        this.now = terms.now();
        this.position = read.position();
        this.marks = read.marks();
        this.cut = read.cut();
        this.marksClosing = read.marks();
        this.marksCommitted = read.marks();
        this.scheduled.putAll(restored.broadcasts().scheduled());
        this.channels = channels;
        this.ledger = ledger;
        this.certainty = certainty;
        this.commands = commands;
    }

    /** Who hears of each broadcast that is taken back. */
    void whenCancelled(Consumer<BroadcastId> action) {
        cancelled = action;
    }

    /** How far broadcasts are read, for the checkpoint. */
    BroadcastsRead read() {
        long first = undecided.isEmpty() ? position : undecided.getFirst().id().offset();
        return new BroadcastsRead(first, marks, cut, channels.numbersEnd());
    }

    /** The next broadcast to be read. */
    long position() {
        return position;
    }

    /** Whether more broadcasts may come. */
    boolean isFlowing() {
        return waitingForMarks.isEmpty() && undecided.size() < UNDECIDED_MAX;
    }

    /** Whether a mark is to be appended: it is not to wait for a transaction's turn. */
    boolean isHurried() {
        return hurried;
    }

    void committing() {
        hurried = false;
        marksClosing = marks;
    }

    void committed() {
        marksCommitted = marksClosing;
    }

    /** Whether it is decided whom of this partition the broadcast is for. */
    boolean hasCut(BroadcastId id) {
        return id.offset() < read().position() && cut == marks && !scheduled.containsKey(id);
    }

    /** A mark is read in its turn; says whether it is no copy of one that was read before. */
    boolean markRead(MarkRecord mark) {
        if (mark.number() < cut) {
            return false;
        }
        cut = mark.number() + 1;
        marks = Math.max(marks, cut);
        return true;
    }

    /** Time passes: what is due is marked, and what is undecided asked for. */
    void tick() {
        askJoinsEnd();
        markDue();
    }

    void broadcastRead(Event.BroadcastRead read) {
        BroadcastFacts facts = read.facts();
        if (isNext(facts.id().offset(), read)) {
            if (facts.notBeforeMs() > now.ms()) {
                schedule(facts);
            } else if (facts.keep() || channels.concerns(facts.audience())) {
                markUndecided();
                mark(facts);
            } else {
                undecided.addLast(facts);
            }
        }
    }

    private void schedule(BroadcastFacts facts) {
        scheduled.put(facts.id(), facts);
        ledger.write(new Write.Schedule(facts.id(), facts));
    }

    private void unschedule(BroadcastId id) {
        if (scheduled.remove(id) != null) {
            ledger.write(new Write.Schedule(id, null));
        }
    }

    /** What was to wait is marked, whoever it concerns by now. */
    private void markDue() {
        for (BroadcastFacts facts : List.copyOf(scheduled.values())) {
            if (facts.notBeforeMs() <= now.ms()) {
                unschedule(facts.id());
                mark(facts);
            }
        }
    }

    /**
     * Those that concern nobody, as far as messages are read: a join that was confirmed before may
     * stand beyond. In order, a later one that concerns somebody takes them with it.
     */
    private void markUndecided() {
        undecided.forEach(this::mark);
        undecided.clear();
    }

    /** Where messages ended, asked for after {@link Command.AskJoinsEnd}. */
    void joinsEnd(long end) {
        joinsEnd = end < 0 ? NOT_ASKED : end; // asked again with the next tick
        decide();
    }

    /** Messages are read further: what concerns nobody up to there concerns nobody. */
    void decide() {
        if (joinsEnd == NOT_ASKED || joinsEnd == ASKED || !certainty.isRead(joinsEnd - 1)) {
            return;
        }
        joinsEnd = NOT_ASKED;
        if (askedForMarks > cut) {
            cut = askedForMarks; // Kafka has lost those that were not read
            goOnReading();
        }
        while (!undecided.isEmpty() && undecided.getFirst().id().offset() < askedTo) {
            if (channels.concerns(undecided.getFirst().audience())) {
                markUndecided();
            } else {
                undecided.removeFirst();
            }
        }
    }

    private void askJoinsEnd() {
        if (joinsEnd == NOT_ASKED && (!undecided.isEmpty() || !waitingForMarks.isEmpty())) {
            joinsEnd = ASKED;
            askedTo = position;
            askedForMarks = marksCommitted;
            commands.accept(new Command.AskJoinsEnd());
        }
    }

    /** Whether it is to be looked at now: not twice, and behind what waits. */
    private boolean isNext(long offset, Event event) {
        if (!waitingForMarks.isEmpty()) {
            waitingForMarks.addLast(event);
            return false;
        }
        boolean isNews = offset >= position;
        position = Math.max(position, offset + 1);
        return isNews;
    }

    private void mark(BroadcastFacts facts) {
        mark(facts, MarkRecord.ALL);
    }

    /** The broadcast gets a mark, for all or for that member alone. */
    void mark(BroadcastFacts facts, int member) {
        ledger.write(new Write.Mark(new MarkRecord(marks, member, facts)));
        marks++;
        hurried = true;
    }

    void cancelled(Event.BroadcastCancelled cancel) {
        if (waitingForMarks.isEmpty()) {
            markUndecided();
        }
        if (!waitingForMarks.isEmpty() || cut < marks) {
            waitingForMarks.addLast(cancel); // its mark may be on its way
        } else if (isNext(cancel.offset(), cancel)) {
            unschedule(cancel.cancelled());
            cancelled.accept(cancel.cancelled());
        }
    }

    void unreadable(Event.BroadcastUnreadable read) {
        if (isNext(read.offset(), read) && partition == 0) { // one for all
            ledger.write(new Write.Reject(read.offset(), read.reason(), read.rejected()));
        }
    }

    /** The log ends before the position: it has lost its end, or was deleted and made again. */
    void endsAt(long end) {
        if (position > end) {
            position = end;
            undecided.clear();
            waitingForMarks.clear();
        }
    }

    void readTo(long nextOffset) {
        if (waitingForMarks.isEmpty()) {
            position = Math.max(position, nextOffset);
        }
    }

    /** What waited for marks goes on, where none is on its way any more. */
    void goOnReading() {
        while (!waitingForMarks.isEmpty()
                && !(waitingForMarks.getFirst() instanceof Event.BroadcastCancelled
                        && cut < marks)) {
            Event next = waitingForMarks.removeFirst();
            ArrayDeque<Event> behind = new ArrayDeque<>(waitingForMarks);
            waitingForMarks.clear();
            take(next);
            waitingForMarks.addAll(behind);
        }
    }

    private void take(Event next) {
        switch (next) {
            case Event.BroadcastRead read -> broadcastRead(read);
            case Event.BroadcastCancelled cancel -> cancelled(cancel);
            case Event.BroadcastUnreadable read -> unreadable(read);
            default -> throw new IllegalStateException("does not wait for marks: " + next);
        }
    }
}
