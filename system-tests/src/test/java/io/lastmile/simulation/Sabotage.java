package io.lastmile.simulation;

import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.heart.Write;
import io.lastmile.router.owner.EventsEnd;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.simulation.PartitionLogs.MessageNote;
import io.lastmile.simulation.PartitionLogs.StateNote;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.CheckpointRecord.BroadcastsRead;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.ParkedRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stands between a heart and its shell and falsifies what a planted bug would falsify. */
final class Sabotage {
    private final World world;
    private final PartitionLogs logs;
    private final Map<String, SessionId> newestByDevice = new HashMap<>();
    private final Map<Incarnation, Long> exchangeByEdge = new HashMap<>();
    private long marksRead;
    private Write.@Nullable Receipt repeated;

    Sabotage(World world, PartitionLogs logs) {
        this.world = world;
        this.logs = logs;
    }

    /** What the heart is told of a record of messages; nothing where it is passed over. */
    Optional<Event> read(Event read) {
        if (world.strikes(Mutant.MESSAGE_IS_SKIPPED, 20)) {
            return Optional.empty();
        }
        return switch (read) {
            case Event.MarkRead(var offset, var mark) when world.has(Mutant.COPIED_MARK_COUNTS) -> {
                long number = Math.max(mark.number(), marksRead);
                marksRead = number + 1;
                yield Optional.of(
                        new Event.MarkRead(
                                offset, new MarkRecord(number, mark.member(), mark.facts())));
            }
            case Event.MessageRead(var offset, var atMs, var message) ->
                    message.cancel() != null && world.has(Mutant.CANCEL_IS_IGNORED)
                            ? Optional.empty()
                            : Optional.of(new Event.MessageRead(offset, atMs, falsify(message)));
            case Event.MisplacedRead(var offset, var atMs, var _, var message)
                    when world.has(Mutant.MISPLACED_IS_KEPT) ->
                    Optional.of(new Event.MessageRead(offset, atMs, message));
            default -> Optional.of(read);
        };
    }

    private Message falsify(Message message) {
        Mutant mutant = world.mutant();
        return mutant == null
                ? message
                : new Message(
                        message.device(),
                        message.payload(),
                        message.contentType(),
                        mutant == Mutant.TTL_IS_IGNORED ? Message.ABSENT : message.ttlSeconds(),
                        mutant == Mutant.COLLAPSE_KEY_IS_IGNORED ? null : message.collapseKey(),
                        message.urgency(),
                        mutant == Mutant.KEY_IS_IGNORED ? null : message.idempotencyKey(),
                        mutant == Mutant.NOT_BEFORE_IS_IGNORED
                                ? Message.ABSENT
                                : message.notBeforeMs(),
                        message.control(),
                        message.origin(),
                        message.acceptedAtMs(),
                        message.replayOf(),
                        message.traceparent(),
                        message.attributes());
    }

    /** The order in which records of messages are told. */
    List<SimulatedLog.Read<MessageNote>> inOrder(List<SimulatedLog.Read<MessageNote>> records) {
        if (!world.has(Mutant.MEMBERS_BEHIND_THE_MARK_COUNT)) {
            return records;
        }
        List<SimulatedLog.Read<MessageNote>> turned = new ArrayList<>(records);
        for (int i = 1; i < turned.size(); i++) {
            if (turned.get(i - 1).value() instanceof MessageNote.Marked
                    && turned.get(i).value() instanceof MessageNote.Intact(var message)
                    && message.control() != null) {
                Collections.swap(turned, i - 1, i);
            }
        }
        return turned;
    }

    /** What the heart is told of a record of broadcasts; nothing where it is passed over. */
    Optional<Event> readBroadcast(Event read, OwnedPartition owned) {
        return read instanceof Event.BroadcastCancelled(_, var id)
                        && world.has(Mutant.EARLY_CANCEL_IS_LOST)
                        && owned.ask(heart -> heart.broadcast(id)).isEmpty()
                ? Optional.empty()
                : Optional.of(read);
    }

    /** Where messages end, for broadcasts that concern nobody. */
    long joinsEnd(long end) {
        return world.has(Mutant.JOINS_ARE_NOT_AWAITED) ? 0 : end;
    }

    /** Whether an event never reaches the heart. */
    boolean isPassedOver(Event.OfEdge event, OwnedPartition owned) {
        return world.has(Mutant.EARLY_ACK_IS_LOST)
                && event
                        instanceof
                        Event.EdgeEventRead(var _, var _, EventRecord.Acked(var _, var acks))
                && acks.stream().anyMatch(ack -> ack.offset() >= owned.messagesPosition());
    }

    Event read(Event.OfEdge event) {
        return event instanceof Event.EdgeEventRead read ? read(read) : event;
    }

    private Event read(Event.EdgeEventRead read) {
        String device = read.device().value();
        return switch (read.event()) {
            case EventRecord.Opened opened -> {
                newestByDevice.put(device, opened.session());
                yield read;
            }
            case EventRecord.Ended ended when world.has(Mutant.OLD_END_ERASES_NEWER) -> {
                SessionId newest = newestByDevice.getOrDefault(device, ended.session());
                yield new Event.EdgeEventRead(
                        read.offset(),
                        read.device(),
                        new EventRecord.Ended(newest, ended.reason(), ended.atMs()));
            }
            default -> read;
        };
    }

    List<Write> writes(List<Write> writes) {
        if (world.mutant() == null) {
            return writes;
        }
        List<Write> falsified = new ArrayList<>();
        for (Write write : writes) {
            if (isForgotten(write)) {
                continue;
            }
            if (write instanceof Write.Reappend(var p, var id, var atMs, var message)
                    && world.has(Mutant.APPENDED_AGAIN_IS_NEW)) {
                falsified.add(new Write.Reappend(p, id, atMs + 1, message));
                continue;
            }
            if (write instanceof Write.Checkpoint(var positions)) {
                falsified.add(new Write.Checkpoint(falsify(positions)));
                continue;
            }
            falsified.add(write);
        }
        repeatReceipt(falsified);
        return falsified;
    }

    private boolean isForgotten(Write write) {
        return switch (write) {
            case Write.Park _ -> world.strikes(Mutant.PARKING_IS_FORGOTTEN, 20);
            case Write.Receipt _ -> world.strikes(Mutant.RECEIPT_IS_FORGOTTEN, 20);
            case Write.Remember _ -> world.has(Mutant.KEY_IS_NOT_WRITTEN);
            case Write.Forget _ -> world.has(Mutant.FREED_KEY_IS_KEPT);
            case Write.Arrive _ -> world.has(Mutant.ARRIVAL_IS_NOT_WRITTEN);
            case Write.Reappend _ -> world.strikes(Mutant.APPENDING_AGAIN_IS_FORGOTTEN, 20);
            case Write.Reject _ -> world.strikes(Mutant.REJECT_IS_FORGOTTEN, 20);
            case Write.Membership _ -> world.strikes(Mutant.NUMBER_IS_NOT_WRITTEN, 20);
            case Write.Summary _ -> world.strikes(Mutant.SUMMARY_IS_FORGOTTEN, 20);
            case Write.BroadcastState _ -> world.strikes(Mutant.BROADCAST_STATE_IS_FORGOTTEN, 20);
            case Write.Control _ -> world.has(Mutant.SESSION_DOES_NOT_LEAVE);
            default -> false;
        };
    }

    private Positions falsify(Positions positions) {
        long watermark = positions.watermark();
        long events = positions.eventsPosition();
        if (world.strikes(Mutant.WATERMARK_AHEAD, 20)) {
            watermark = logs.messages.end();
        }
        if (world.strikes(Mutant.EVENTS_ARE_SKIPPED, 20)) {
            events = logs.events.end();
        }
        return new Positions(
                watermark, events, falsify(positions.broadcasts()), positions.settledAbove());
    }

    private BroadcastsRead falsify(BroadcastsRead read) {
        long position =
                world.strikes(Mutant.MARK_IS_REPEATED, 20)
                        ? Math.max(0, read.position() - 1)
                        : read.position();
        return new BroadcastsRead(position, read.marks(), read.cut(), read.memberNumbers());
    }

    private void repeatReceipt(List<Write> writes) {
        Write.Receipt again = repeated;
        if (again != null && world.strikes(Mutant.RECEIPT_IS_REPEATED, 20)) {
            writes.addFirst(again);
        }
        for (Write write : writes) {
            if (write instanceof Write.Receipt receipt) {
                repeated = receipt;
            }
        }
    }

    /** The value that a claim reads back. */
    byte @Nullable [] restored(StateNote note) {
        if (world.has(Mutant.WAITING_IS_NOT_RESTORED)
                && note.write instanceof Write.Outcomes(_, _, var outcomes)
                && outcomes != null) {
            long[] nobody = new long[outcomes.waiting().length];
            return new OutcomesRecord(nobody, outcomes.byOutcome()).encode();
        }
        return note.write instanceof Write.Park(_, _, var p)
                        && world.has(Mutant.REMEMBERED_ENDING_IS_LOST)
                ? new ParkedRecord(
                                p.id(),
                                p.acceptedAtMs(),
                                p.routedAtMs(),
                                p.expiresAtMs(),
                                p.notBeforeMs(),
                                p.bodyBytes(),
                                p.sends(),
                                p.urgency(),
                                p.collapseKey(),
                                p.replayOf(),
                                null)
                        .encode()
                : note.value;
    }

    Restored restored(Restored r) {
        return world.has(Mutant.CERTAIN_AT_ONCE)
                ? new Restored(
                        r.positions(),
                        0,
                        r.devices(),
                        r.idempotency(),
                        r.arrivals(),
                        r.broadcasts(),
                        r.edges())
                : r;
    }

    /** An owner's {@code own} goes out: what it believes at once. */
    Optional<Event> sent(Incarnation edge, HopFrame.FromRouter frame) {
        if (frame instanceof HopFrame.Own own) {
            exchangeByEdge.put(edge, own.exchange());
            if (world.has(Mutant.ANSWER_IS_NOT_AWAITED)) {
                return Optional.of(new Event.EdgeAnswered(edge, List.of(), 0, 0));
            }
        }
        return Optional.empty();
    }

    /** The end of events is told. */
    void eventsEnd(OwnedPartition owned, EventsEnd asked, long end) {
        switch (asked) {
            case EventsEnd.OfGone _ -> {
                if (!world.has(Mutant.GONE_IS_NOT_HEARD)) {
                    owned.eventsEnd(asked, world.has(Mutant.LAST_WORDS_ARE_IGNORED) ? 0 : end);
                }
            }
            case EventsEnd.OfAnswer(var edge, var exchange, var held, var highest) -> {
                if (!world.has(Mutant.ANSWER_IS_NOT_AWAITED)) {
                    long counted =
                            world.has(Mutant.STALE_ANSWER_COUNTS)
                                    ? exchangeByEdge.getOrDefault(edge, exchange)
                                    : exchange;
                    owned.eventsEnd(new EventsEnd.OfAnswer(edge, counted, held, highest), end);
                }
            }
        }
    }
}
