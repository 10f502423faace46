package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.EventRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a device's messages in offset order, as many as its window has room for, and takes them
 * back when their session ends.
 *
 * <p>Design decision: after the owner itself ends a message (expired, overflowed, ...) the device
 * gets nothing more until that is committed. A successor infers from the highest offset an edge has
 * sent that everything below it was sent too; a hole that only a lost transaction explained would
 * look like a message in flight that is never acknowledged. That goes for messages which never came
 * into the inbox too: whether a device was there to get one with ttl 0 is not for sure judged
 * alike.
 *
 * <p>Design decision: there is no timer for a message that is taken for sent and never came; the
 * ack deadline is the edge's. It cannot stay so. A frame that a hop loses is lost with its
 * connection: a hop that takes no more gathers, and drops nothing while it is open. Each new hop
 * asks again, the answer says the highest offset that each session was given, and what is above
 * comes back. What is below was given: an owner sends in offset order, holds a device as above, and
 * sends nothing that stands beyond what it has read; an edge drops only what is not above its
 * highest. A session that its edge does not have, or is told to close, ends with an {@code ended},
 * which an edge writes until Kafka has it, or with its edge.
 */
final class Delivery {
    private static final Ending BODY_GONE = new Ending(Outcome.EXPIRED, "retention took the body");
    private static final Ending TTL = new Ending(Outcome.EXPIRED, "time to live ended");

    private final Now now;
    private final Devices devices;
    private final Ledger ledger;
    private final Loads loads;
    private final Certainty certainty;
    private final Consumer<Command> commands;
    private final OutgoingCopies outgoing;
    private @Nullable Copies copies;

    /** Who is given nothing until messages are read to there, as right after a claim. */
    private final TreeMap<Long, Set<DeviceId>> waitingByOffset = new TreeMap<>();

    Delivery(
            Now now,
            Devices devices,
            Ledger ledger,
            Loads loads,
            Certainty certainty,
            Consumer<Command> commands) {
        this.now = now;
        this.devices = devices;
        this.ledger = ledger;
        this.loads = loads;
        this.certainty = certainty;
        this.commands = commands;
        this.outgoing = new OutgoingCopies(now, commands);
    }

    private Copies copies() {
        return Objects.requireNonNull(copies, "said before anything is sent");
    }

    /** Who has the copies. */
    void use(Copies all) {
        copies = all;
    }

    /** All that was sent goes out. */
    void flush() {
        outgoing.flush();
    }

    /** Sends what may be sent to the device now; where bodies are missing, asks for them. */
    void pump(Device device) {
        OpenSession session = device.session();
        if (session == null || !session.isSendable() || !device.awaited.isEmpty()) {
            return;
        }
        if (ledger.isHeld(device)) {
            ledger.hold(device);
            return;
        }
        copies().give(device);
        int room = session.windowMessages - session.inFlight();
        boolean inOrder = true;
        for (Entry entry : device.inbox.tailMap(session.highestSent(), false).values()) {
            if (entry.isScheduled() || !session.takes(entry)) {
                continue;
            }
            if (!certainty.isRead(entry.offset)) {
                waitingByOffset
                        .computeIfAbsent(entry.offset, _ -> new LinkedHashSet<>())
                        .add(device.id);
                return; // one before it may stand in what is to be read: it goes first
            }
            if (room == 0 || isOver(entry)) {
                return; // it ends as soon as it may, then its successors go
            }
            room--;
            Message body = body(entry);
            if (body == null && entry.broadcast != null) {
                copies().awaitBody(entry.broadcast, device);
                return;
            }
            if (body == null) {
                inOrder = false; // the ones behind it wait, but may be loaded meanwhile
                if (!load(entry)) {
                    // Those behind it would keep the very room that it waits for.
                    device.inbox.tailMap(entry.offset).values().forEach(this::dropBody);
                    return;
                }
            } else if (inOrder) {
                send(entry, session, body);
            }
        }
    }

    private @Nullable Message body(Entry entry) {
        Broadcast broadcast = entry.broadcast;
        return broadcast == null ? entry.body() : broadcast.body(now.monotonicMs());
    }

    private boolean isOver(Entry entry) {
        return entry.remembered() != null || entry.facts.expiresAtMs() <= now.ms();
    }

    /** Messages are read further: what was parked there may go now. */
    void goOnReading() {
        while (!waitingByOffset.isEmpty() && certainty.isRead(waitingByOffset.firstKey())) {
            for (DeviceId id : waitingByOffset.pollFirstEntry().getValue()) {
                Device device = devices.wake(id);
                if (device != null) {
                    pump(device);
                }
            }
        }
    }

    /** The time of some of its messages has come: they expire, or fall due. */
    void lookAt(Device device) {
        for (Entry entry : List.copyOf(device.inbox.values())) {
            if (!entry.isInFlight()) {
                lookAt(entry);
            }
        }
        pump(device);
    }

    private void lookAt(Entry entry) {
        boolean isLate = false;
        if (entry.facts.expiresAtMs() <= now.ms()) {
            end(entry, TTL);
        } else if (entry.isScheduled()
                && !entry.isAppendedAgain()
                && entry.facts.notBeforeMs() <= now.ms()) {
            isLate = !load(entry); // it is in line; the alarm is for its expiry
        }
        if (!entry.isSettled()) {
            devices.alarmAt(entry.device, isLate ? entry.facts.expiresAtMs() : entry.dueAtMs());
        }
    }

    /** Where the room for bodies was short, those that wait for it go on. */
    void goOnLoading() {
        loads.goOn(this::lookAt);
    }

    /** Asks for the body, where there is room for it, unless it is on its way. */
    private boolean load(Entry entry) {
        if (entry.isLoading()) {
            return true;
        }
        boolean begun = loads.begin(entry);
        if (begun) {
            commands.accept(new Command.LoadBody(entry.device.id, entry.offset));
        }
        return begun;
    }

    private void send(Entry entry, OpenSession session, Message body) {
        fly(entry, session);
        entry.countSend();
        session.sends(entry.offset);
        Broadcast broadcast = entry.broadcast;
        if (broadcast != null) {
            outgoing.add(broadcast, body, session, entry.device.memberNumber());
            return;
        }
        outgoing.flush(); // what was sent before it goes out before it
        long expiresInMs = Math.max(0, entry.facts.expiresAtMs() - now.ms());
        commands.accept(
                new Command.Send(session.id, entry.offset, entry.facts.id(), expiresInMs, body));
    }

    private void fly(Entry entry, OpenSession session) {
        loads.end(entry);
        entry.fly(session);
    }

    /**
     * Where the session was given this offset before, by an owner before this one, it is in flight.
     */
    boolean takeForSent(Entry entry) {
        Device device = entry.device;
        OpenSession session = device.session();
        if (session != null && session.takes(entry) && session.highestSent() >= entry.offset) {
            fly(entry, session);
            return true;
        }
        for (OpenSession older : device.awaited) {
            if (older.takes(entry) && older.highestSent() >= entry.offset) {
                fly(entry, older);
                return true;
            }
        }
        return false;
    }

    /**
     * The edge says what it has given to the session: above that nothing arrived, below it all did.
     */
    void reconcile(OpenSession session, long highestSent) {
        session.highestSent(highestSent);
        for (Entry entry : session.device.inbox.values()) {
            OpenSession flight = entry.flight();
            if (entry.isScheduled() || !session.takes(entry)) {
                continue;
            }
            if (flight == session && entry.offset > highestSent) {
                comeBack(entry);
            } else if (entry.offset <= highestSent && mayMove(flight, session)) {
                if (flight != null) {
                    entry.comeBack();
                }
                fly(entry, session);
            }
        }
    }

    /** A message that an older session holds too counts where it was sent last. */
    private static boolean mayMove(@Nullable OpenSession flight, OpenSession session) {
        return flight == null || (flight != session && flight.rank < session.rank);
    }

    private void comeBack(Entry entry) {
        entry.comeBack();
        devices.alarmFor(entry);
    }

    /** The session is over: what was in flight there is to be sent again, or ends. */
    void returnFrom(OpenSession session) {
        Device device = session.device;
        List<Entry> ended = new ArrayList<>(0);
        for (Entry entry : device.inbox.values()) {
            if (entry.flight() != session) {
                continue;
            }
            comeBack(entry);
            if (takeForSent(entry)) {
                continue;
            }
            if (entry.remembered() != null && !certainty.lacksFor(device)) {
                ended.add(entry);
            } else if (device.session() == null && !entry.isCopy()) {
                ledger.parkSoon(entry);
            }
        }
        for (Entry entry : ended) {
            ledger.settle(entry, Objects.requireNonNull(entry.remembered()));
        }
    }

    /**
     * Ends a message unless it is, or may be, in flight: then that is remembered, and applied if it
     * comes back.
     */
    void end(Entry entry, Ending ending) {
        if (mayEnd(entry)) {
            Ending remembered = entry.remembered();
            ledger.settle(entry, remembered == null ? ending : remembered);
        } else if (entry.remembered() == null) {
            entry.remember(ending);
            ledger.parkAgain(entry); // a successor must know it too
        }
    }

    /** Whether it is not, and cannot be, in flight. */
    boolean mayEnd(Entry entry) {
        if (entry.isInFlight()) {
            return false;
        }
        if (entry.isAppendedAgain()) {
            return !certainty.lacksForUnread(entry.device);
        }
        return entry.isScheduled() || !certainty.lacksFor(entry.device);
    }

    /** Applies what was remembered while it was not known what an edge had sent. */
    void applyRemembered(Device device) {
        if (certainty.lacksFor(device)) {
            return;
        }
        for (Entry entry : new ArrayList<>(device.inbox.values())) {
            Ending ending = entry.remembered();
            if (ending != null && mayEnd(entry)) {
                ledger.settle(entry, ending);
            }
        }
    }

    void acknowledged(Device device, EventRecord.Acked acked) {
        for (EventRecord.Ack ack : acked.acks()) {
            Entry entry = device.inbox.get(ack.offset());
            if (entry != null) {
                ledger.settle(entry, acked.session(), ack);
            }
        }
        pump(device);
    }

    void bodyLoaded(Device device, long offset, @Nullable Message message) {
        Entry entry = device.inbox.get(offset);
        if (entry == null || !entry.isLoading()) {
            return; // it was given to a session before, as its edge has said meanwhile
        }
        if (message == null) {
            loads.end(entry);
            entry.dropBody();
            end(entry, BODY_GONE);
        } else if (entry.isScheduled()) {
            ledger.appendAgain(entry, message);
            devices.alarmFor(entry);
            return;
        } else {
            entry.bodyAtHand(message);
        }
        pump(device);
        OpenSession session = device.session();
        if (session == null || !session.isSendable()) {
            device.inbox.values().forEach(this::dropBody); // do not keep bodies for nobody
        }
        if (!entry.isSettled() && !entry.isInFlight()) {
            devices.alarmFor(entry);
        }
        goOnLoading();
    }

    private void dropBody(Entry entry) {
        if (entry.body() != null) {
            loads.end(entry);
            entry.dropBody();
        }
    }
}
