package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Payload;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A heart on the bench: events in by short names, commands gathered. */
final class Heartbench {
    static final Incarnation EDGE_A = new Incarnation("edge-a", 1);
    static final Incarnation EDGE_B = new Incarnation("edge-b", 2);
    static final DeviceId PHONE = new DeviceId("phone");
    static final long START_MS = 1_000_000;

    final List<Command> commands = new ArrayList<>();
    final PartitionHeart heart;
    private long nowMs = START_MS;
    private long monotonicMs;
    private long nextMessage;
    private long nextEvent;

    Heartbench() {
        this(nothing());
    }

    Heartbench(Restored restored) {
        this(restored, HeartSettings.defaults());
    }

    Heartbench(Restored restored, HeartSettings settings) {
        heart = new PartitionHeart(0, settings, restored, nowMs, monotonicMs, commands::add);
        nextMessage = restored.positions().watermark();
        nextEvent = restored.positions().eventsPosition();
    }

    static Restored nothing() {
        return new Restored(
                new Positions(0, 0, CheckpointRecord.BroadcastsRead.FROM_START, new long[0]),
                0,
                new RestoredDevices(0),
                Map.of(),
                Map.of(),
                new RestoredBroadcasts(0),
                Set.of(EDGE_A, EDGE_B));
    }

    static HeartSettings withLoadBytesMax(long loadBytesMax) {
        HeartSettings s = HeartSettings.defaults();
        return new HeartSettings(
                s.inbox(),
                s.ttl(),
                s.pace(),
                s.waits(),
                s.keys(),
                new HeartSettings.Bodies(s.bodies().bytesMax(), loadBytesMax),
                HeartSettings.defaults().channels());
    }

    static SessionId session(Incarnation edge, long number) {
        return new SessionId(edge, number);
    }

    /** Both edges have answered that they hold nothing. */
    Heartbench answered() {
        answer(EDGE_A, 0);
        answer(EDGE_B, 0);
        return this;
    }

    long message(String text) {
        return message(PHONE, text);
    }

    /** A message with a time to live. */
    long message(String text, long ttlSeconds) {
        return message(
                new Message(
                        PHONE,
                        Payload.ofText(text),
                        null,
                        ttlSeconds,
                        null,
                        Urgency.NORMAL,
                        null,
                        Message.ABSENT,
                        null,
                        null,
                        Message.ABSENT,
                        null,
                        null,
                        List.of()));
    }

    long message(DeviceId device, String text) {
        return message(Message.plain(device, Payload.ofText(text)));
    }

    long message(Message message) {
        heart.on(new Event.MessageRead(nextMessage, nowMs, message));
        return nextMessage++;
    }

    long opened(Incarnation edge, long number) {
        return opened(PHONE, edge, number);
    }

    long opened(DeviceId device, Incarnation edge, long number) {
        return event(
                device,
                new EventRecord.Opened(
                        session(edge, number),
                        EventRecord.FIRST,
                        Transport.TCP,
                        5,
                        1,
                        16,
                        true,
                        nowMs));
    }

    long acked(SessionId session, long... offsets) {
        List<EventRecord.Ack> acks = new ArrayList<>();
        for (long offset : offsets) {
            acks.add(new EventRecord.Ack(offset, nowMs, nowMs, Proof.PUBACK, 0));
        }
        return event(new EventRecord.Acked(session, acks));
    }

    long ended(SessionId session) {
        return event(new EventRecord.Ended(session, EndReason.CLOSED_BY_DEVICE, nowMs));
    }

    long event(EventRecord event) {
        return event(PHONE, event);
    }

    long event(DeviceId device, EventRecord event) {
        heart.on(new Event.EdgeEventRead(nextEvent, device, event));
        return nextEvent++;
    }

    void answer(Incarnation edge, long highestIssued, HeldSession... held) {
        heart.on(new Event.EdgeAnswered(edge, List.of(held), highestIssued, nextEvent));
    }

    void tick(long ms) {
        nowMs += ms;
        durationPasses(ms);
    }

    /**
     * Time passes, and the owner's now stands still: {@code nodes} has moved to a broker behind.
     */
    void durationPasses(long ms) {
        monotonicMs += ms;
        heart.timeIs(nowMs, monotonicMs);
        heart.on(new Event.Tick());
    }

    /** Lets the next transaction happen. */
    List<Write> commit() {
        return commit(1_000);
    }

    List<Write> commit(long afterMs) {
        tick(afterMs);
        List<Write> writes = new ArrayList<>();
        for (Command command : commands) {
            if (command instanceof Command.Commit commit) {
                writes.addAll(commit.writes());
            }
        }
        boolean committing = commands.removeIf(Command.Commit.class::isInstance);
        if (committing) {
            heart.on(new Event.Committed());
        }
        return writes;
    }

    /** Offsets sent, in order, and forgets them. */
    List<Long> sent() {
        List<Long> offsets = new ArrayList<>();
        for (Command command : commands) {
            if (command instanceof Command.Send send) {
                offsets.add(send.offset());
            }
        }
        commands.removeIf(Command.Send.class::isInstance);
        return offsets;
    }

    /** How many bodies are asked for and not answered. */
    int loading() {
        return (int) commands.stream().filter(Command.LoadBody.class::isInstance).count();
    }

    /** Answers every body asked for, as the log would. */
    void loadBodies() {
        for (Command command : List.copyOf(commands)) {
            if (command instanceof Command.LoadBody(var device, var offset)) {
                commands.remove(command);
                Message body = Message.plain(device, Payload.ofText("m" + offset));
                heart.on(new Event.BodyLoaded(device, offset, body));
            }
        }
    }

    List<SessionId> closed() {
        List<SessionId> sessions = new ArrayList<>();
        for (Command command : commands) {
            if (command instanceof Command.CloseSession close) {
                sessions.add(close.session());
            }
        }
        commands.removeIf(Command.CloseSession.class::isInstance);
        return sessions;
    }

    static List<Outcome> outcomes(List<Write> writes) {
        return receipts(writes).stream().map(ReceiptRecord::outcome).toList();
    }

    static List<ReceiptRecord> receipts(List<Write> writes) {
        List<ReceiptRecord> receipts = new ArrayList<>();
        for (Write write : writes) {
            if (write instanceof Write.Receipt receipt) {
                receipts.add(receipt.receipt());
            }
        }
        return receipts;
    }

    static Positions checkpoint(List<Write> writes) {
        return writes.stream()
                .filter(Write.Checkpoint.class::isInstance)
                .map(write -> ((Write.Checkpoint) write).positions())
                .reduce((_, last) -> last)
                .orElseThrow();
    }

    static long count(List<Write> writes, Class<? extends Write> type) {
        return writes.stream().filter(type::isInstance).count();
    }
}
