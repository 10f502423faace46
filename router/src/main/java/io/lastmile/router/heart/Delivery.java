package io.lastmile.router.heart;

import io.lastmile.wire.EndReason;
import io.lastmile.wire.Message;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.EventRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a device's messages in offset order, as many as its window has room for, and takes them
 * back when their session ends.
 *
 * <p>Design decision: after the owner itself ends a message (expired, overflowed, ...) the device
 * gets nothing more until that is committed. A successor infers from the highest offset an edge has
 * sent that everything below it was sent too; a hole that only a lost transaction explained would
 * look like a message in flight that is never acknowledged.
 */
final class Delivery {
    private static final Ending BODY_GONE = new Ending(Outcome.EXPIRED, "retention took the body");
    private static final Ending TTL = new Ending(Outcome.EXPIRED, "time to live ended");

    private final Now now;
    private final HeartSettings settings;
    private final Ledger ledger;
    private final Certainty certainty;
    private final Consumer<Command> commands;
    private final PriorityQueue<AckCheck> checks =
            new PriorityQueue<>(Comparator.comparingLong(AckCheck::atMs));
    private long committed;

    /** When to look at a session's oldest unacknowledged message: at most one a session. */
    private record AckCheck(OpenSession session, long atMs) {}

    private static final long NO_FLIGHT = Long.MAX_VALUE;

    Delivery(
            Now now,
            HeartSettings settings,
            Ledger ledger,
            Certainty certainty,
            Consumer<Command> commands) {
        this.now = now;
        this.settings = settings;
        this.ledger = ledger;
        this.certainty = certainty;
        this.commands = commands;
    }

    /** Sends what may be sent to the device now; where bodies are missing, asks for them. */
    void pump(Device device) {
        OpenSession session = device.session();
        if (session == null || !session.isSendable() || !device.awaited.isEmpty()) {
            return;
        }
        if (device.heldUntilCommit() > committed) {
            ledger.hold(device);
            return;
        }
        int room = session.windowMessages - session.inFlight();
        boolean inOrder = true;
        for (Entry entry : device.inbox.tailMap(session.highestSent(), false).values()) {
            if (room == 0 || entry.facts.expiresAtMs() <= now.ms()) {
                return; // the next tick ends what is over, then its successors go
            }
            if (entry.isScheduled()) {
                continue;
            }
            room--;
            Message body = entry.body();
            if (body == null) {
                inOrder = false; // the ones behind it wait, but may be loaded meanwhile
                load(entry);
            } else if (inOrder) {
                send(entry, session, body);
            }
        }
    }

    /** Its time has come: its body is read, and it is appended again. */
    void due(Entry entry) {
        load(entry);
    }

    private void load(Entry entry) {
        if (!entry.isLoading()) {
            entry.load();
            commands.accept(new Command.LoadBody(entry.device.id, entry.offset));
        }
    }

    private void send(Entry entry, OpenSession session, Message body) {
        fly(entry, session);
        entry.countSend();
        session.highestSent(entry.offset);
        long expiresInMs = Math.max(0, entry.facts.expiresAtMs() - now.ms());
        commands.accept(
                new Command.Send(session.id, entry.offset, entry.facts.id(), expiresInMs, body));
    }

    private void fly(Entry entry, OpenSession session) {
        entry.fliesIn(session, now.ms());
        session.took();
        if (!session.checked()) {
            session.checked(true);
            checks.add(new AckCheck(session, now.ms() + settings.ackDeadlineMs()));
        }
    }

    /**
     * Where the session was given this offset before, by an owner before this one, it is in flight.
     */
    boolean takeForSent(Entry entry) {
        Device device = entry.device;
        OpenSession session = device.session();
        if (session != null && session.highestSent() >= entry.offset) {
            fly(entry, session);
            return true;
        }
        for (OpenSession older : device.awaited) {
            if (older.highestSent() >= entry.offset) {
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
            if (entry.isScheduled()) {
                continue;
            }
            if (flight == session && entry.offset > highestSent) {
                comesBack(entry, session);
            } else if (entry.offset <= highestSent && mayMove(flight, session)) {
                if (flight != null) {
                    comesBack(entry, flight);
                }
                fly(entry, session);
            }
        }
    }

    /** A message that an older session holds too counts where it was sent last. */
    private static boolean mayMove(@Nullable OpenSession flight, OpenSession session) {
        return flight == null || (flight != session && flight.rank < session.rank);
    }

    private static void comesBack(Entry entry, OpenSession session) {
        entry.comesBack();
        session.gaveBack();
    }

    /** The session is over: what was in flight there is to be sent again, or ends. */
    void returnFrom(OpenSession session) {
        Device device = session.device;
        List<Entry> ended = new ArrayList<>(0);
        for (Entry entry : device.inbox.values()) {
            if (entry.flight() != session) {
                continue;
            }
            comesBack(entry, session);
            if (takeForSent(entry)) {
                continue;
            }
            if (entry.remembered() != null && !certainty.lacksFor(device)) {
                ended.add(entry);
            } else if (device.session() == null) {
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
        boolean certain = entry.isScheduled() || !certainty.lacksFor(entry.device);
        if (entry.flight() != null || !certain) {
            entry.remember(ending);
            ledger.parkAgain(entry); // a successor must know it too
        } else {
            ledger.settle(entry, ending);
        }
    }

    /** Its time to live is over. */
    void expire(Entry entry) {
        end(entry, TTL);
    }

    /** Applies what was remembered while it was not known what an edge had sent. */
    void applyRemembered(Device device) {
        if (certainty.lacksFor(device)) {
            return;
        }
        for (Entry entry : new ArrayList<>(device.inbox.values())) {
            Ending ending = entry.remembered();
            if (ending != null && entry.flight() == null) {
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
        if (entry == null || entry.flight() != null) {
            return;
        }
        entry.bodyAtHand(message);
        if (message == null) {
            end(entry, BODY_GONE);
        } else if (entry.isScheduled()) {
            ledger.appendAgain(entry, message);
            return;
        }
        pump(device);
        OpenSession session = device.session();
        if (session == null || !session.isSendable()) {
            entry.bodyAtHand(null); // do not keep bodies for nobody
        }
    }

    /** Everything up to this transaction is committed: who waited for it goes on. */
    void committed(long transaction) {
        committed = transaction;
        ledger.releaseHeld().forEach(this::pump);
    }

    /** Closes sessions that leave a message unacknowledged for too long. */
    void checkAckDeadlines() {
        while (!checks.isEmpty() && checks.peek().atMs <= now.ms()) {
            OpenSession session = checks.remove().session;
            long oldestMs = oldestFlightMs(session);
            if (oldestMs == NO_FLIGHT || session.closing() != null) {
                session.checked(false);
            } else if (oldestMs + settings.ackDeadlineMs() > now.ms()) {
                checks.add(new AckCheck(session, oldestMs + settings.ackDeadlineMs()));
            } else {
                session.checked(false);
                session.closing(EndReason.ACK_DEADLINE);
                commands.accept(new Command.CloseSession(session.id, EndReason.ACK_DEADLINE));
            }
        }
    }

    private static long oldestFlightMs(OpenSession session) {
        long oldestMs = NO_FLIGHT;
        for (Entry entry : session.device.inbox.values()) {
            if (entry.flight() == session) {
                oldestMs = Math.min(oldestMs, entry.sentAtMs());
            }
        }
        return oldestMs;
    }
}
