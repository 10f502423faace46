package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.PresenceRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where devices can be reached: edges, their sessions, and which session owns its device. The
 * session whose first {@code opened} stands latest in the log owns the device; an older one is
 * closed, and the new one waits, bounded, for its {@code ended}.
 */
final class Reach {
    /** The most older sessions that a device waits for. */
    private static final int AWAITED_MAX = 8;

    /** The most gone incarnations that are remembered; an older one is asked for again in nodes. */
    private static final int GONE_MAX = 10_000;

    private final Now now;
    private final HeartSettings settings;
    private final Devices devices;
    private final Ledger ledger;
    private final Delivery delivery;
    private final Certainty certainty;
    private final SessionMembers sessionMembers;
    private final Consumer<Command> commands;
    private final Edges edges;
    private final Set<Edge> waiting = new LinkedHashSet<>();
    private final LinkedHashSet<Incarnation> gone = new LinkedHashSet<>();
    private final ArrayDeque<TakeOver> takeOvers = new ArrayDeque<>();
    private final ArrayDeque<TakeOver> takeOversIfCutOff = new ArrayDeque<>();
    private long takeOversRunOut;

    /** An older session that a new one waits for, in the order of time. */
    private record TakeOver(OpenSession older, long untilMs) {}

    Reach(
            Terms terms,
            Edges edges,
            Devices devices,
            Ledger ledger,
            Delivery delivery,
            Certainty certainty,
            SessionMembers sessionMembers,
            Consumer<Command> commands) {
        this.now = terms.now();
        this.settings = terms.settings();
        this.edges = edges;
        this.devices = devices;
        this.ledger = ledger;
        this.delivery = delivery;
        this.certainty = certainty;
        this.sessionMembers = sessionMembers;
        this.commands = commands;
    }

    /** Takes over, of a device whose own session is known, the older ones that it waits for. */
    void restoreAwaited(Device device, List<SessionId> awaited) {
        OpenSession session = device.session();
        if (session == null) {
            return;
        }
        PresenceRecord owner = session.presence(List.of());
        for (SessionId older : awaited) {
            PresenceRecord ranked =
                    new PresenceRecord(
                            older,
                            Math.max(0, owner.openedOffset() - 1),
                            owner.sinceMs(),
                            owner.transport(),
                            owner.protocolLevel(),
                            owner.qos(),
                            owner.windowMessages(),
                            true, // if it did not, they wait for its end all the same
                            List.of());
            await(device, open(device, ranked));
        }
    }

    private OpenSession open(Device device, PresenceRecord presence) {
        Edge edge = edges.of(presence.session().edge());
        int window = Math.min(settings.inbox().windowMessages(), presence.windowMessages());
        OpenSession session = new OpenSession(device, edge, presence, window);
        edge.sessionsByNumber.put(session.id.number(), session);
        return session;
    }

    /** Whether the incarnation's {@code opened} counts, or is known to be void. */
    boolean knows(Incarnation edge) {
        return edges.find(edge) != null || gone.contains(edge);
    }

    /** Nodes was read to its end and does not name it: it was cleared away long after its end. */
    void absentFromNodes(Incarnation edge) {
        if (edges.find(edge) == null) {
            rememberGone(edge);
        }
    }

    private void rememberGone(Incarnation edge) {
        gone.add(edge);
        if (gone.size() > GONE_MAX) {
            gone.removeFirst();
        }
    }

    void edgeUp(Incarnation id) {
        if (!gone.contains(id)) {
            Edge edge = edges.of(id);
            if (!edge.hasEverAnswered()) {
                certainty.edgeUp(id);
            }
        }
    }

    void edgeCutOff(Incarnation id) {
        Edge edge = edges.find(id);
        if (edge != null) {
            edge.cutOff();
            touchSessions(edge);
        }
    }

    private void touchSessions(Edge edge) {
        edge.sessionsByNumber.values().forEach(session -> devices.touched(session.device));
    }

    void edgeStalled(Incarnation id, boolean stalled) {
        Edge edge = edges.find(id);
        if (edge != null && edge.setStalled(stalled) && !stalled) {
            edge.sessionsByNumber.values().forEach(session -> delivery.pump(session.device));
        }
    }

    void edgeAnswered(Event.EdgeAnswered answer, long eventsPosition) {
        if (gone.contains(answer.edge())) {
            return;
        }
        Edge edge = edges.of(answer.edge());
        edge.answers(answer); // nothing is sent until this answer has been compared
        touchSessions(edge);
        waiting.add(edge);
        eventsReadTo(edge, eventsPosition);
    }

    void edgeGone(Event.EdgeGone event, long eventsPosition) {
        rememberGone(event.edge()); // void from now on: its opened
        Edge edge = edges.find(event.edge());
        if (edge != null) {
            edge.unanswered();
            touchSessions(edge);
            edge.goneOnceReadTo(event.eventsEnd());
            waiting.add(edge);
            eventsReadTo(edge, eventsPosition);
        }
    }

    /** Events are read to this position: what waited for it happens. */
    void eventsReadTo(long eventsPosition) {
        sessionMembers.eventsReadTo(eventsPosition);
        if (!waiting.isEmpty()) {
            new ArrayList<>(waiting).forEach(edge -> eventsReadTo(edge, eventsPosition));
        }
    }

    private void eventsReadTo(Edge edge, long eventsPosition) {
        Event.EdgeAnswered answer = edge.unread();
        if (edge.goneOnceReadTo() <= eventsPosition) {
            waiting.remove(edge);
            devices.wakeOn(edge, _ -> true);
            new ArrayList<>(edge.sessionsByNumber.values()).forEach(this::end);
            edges.remove(edge);
            certainty.settledWith(edge.id);
        } else if (answer != null && answer.eventsEnd() <= eventsPosition) {
            edge.read();
            if (!edge.isGone()) {
                waiting.remove(edge);
            }
            compare(edge, answer);
        }
    }

    private void compare(Edge edge, Event.EdgeAnswered answer) {
        Set<Long> heldNumbers = new HashSet<>();
        edge.highestSentByAnnounced.clear();
        for (HeldSession held : answer.held()) {
            heldNumbers.add(held.session());
            if (!devices.sleepsThrough(edge, held.device(), held.session(), held.highestSent())) {
                compareHeld(edge, held);
            }
        }
        edge.answered();
        markKnown(edge);
        devices.wakeOn(
                edge,
                packed ->
                        devices.hasMessages(packed)
                                || !heldNumbers.contains(AtRest.sessionNumber(packed)));
        for (OpenSession session : new ArrayList<>(edge.sessionsByNumber.values())) {
            long number = session.id.number();
            if (!heldNumbers.contains(number) && number <= answer.highestIssued()) {
                end(session);
            } else {
                delivery.applyRemembered(session.device);
                delivery.pump(session.device);
            }
        }
    }

    /** All that the edge has given to sessions is known, unless an {@code opened} is on the way. */
    private void markKnown(Edge edge) {
        if (edge.hasEverAnswered() && edge.highestSentByAnnounced.isEmpty()) {
            certainty.settledWith(edge.id);
        }
    }

    private void compareHeld(Edge edge, HeldSession held) {
        Device _ = devices.wake(held.device()); // awake, so that its sessions are known by number
        OpenSession session = edge.sessionsByNumber.get(held.session());
        if (session == null) {
            compareUnknown(edge, held);
            return;
        }
        delivery.reconcile(session, held.highestSent());
        EndReason closing = session.closing();
        if (closing != null) {
            commands.accept(new Command.CloseSession(session.id, closing));
        }
    }

    private void compareUnknown(Edge edge, HeldSession held) {
        if (held.openedOffset() == HeldSession.UNCONFIRMED) {
            return; // its opened is on the way
        }
        SessionId id = new SessionId(edge.id, held.session());
        Device device = devices.wake(held.device());
        OpenSession current = device == null ? null : device.session();
        if (current != null && current.rank > held.openedOffset()) {
            commands.accept(new Command.CloseSession(id, EndReason.TAKEN_OVER));
        } else {
            edge.highestSentByAnnounced.put(held.session(), held.highestSent());
            commands.accept(new Command.Announce(id));
        }
    }

    void opened(long offset, DeviceId id, EventRecord.Opened opened) {
        Incarnation edgeId = opened.session().edge();
        Edge edge = edges.find(edgeId);
        if (gone.contains(edgeId) || edge == null) {
            return; // void
        }
        Device device = devices.wakeOrAdd(id); // awake, so that its session is known by number
        if (edge.sessionsByNumber.containsKey(opened.session().number())) {
            return; // announced or written again, and known
        }
        long rank = opened.firstOpened() == EventRecord.FIRST ? offset : opened.firstOpened();
        OpenSession session =
                open(
                        device,
                        new PresenceRecord(
                                opened.session(),
                                rank,
                                now.ms(),
                                opened.transport(),
                                opened.protocolLevel(),
                                opened.qos(),
                                opened.windowMessages(),
                                opened.takesInbox(),
                                List.of()));
        OpenSession current = device.session();
        if (current == null || rank > current.rank) {
            devices.own(device, session);
            if (current != null) {
                close(device, current);
            }
        } else {
            close(device, session);
        }
        Long highestSent = edge.highestSentByAnnounced.remove(session.id.number());
        if (highestSent != null) {
            delivery.reconcile(session, highestSent);
            markKnown(edge);
        }
        ledger.presenceChanged(device);
        sessionMembers.changed(device);
        delivery.pump(device);
    }

    /** An older session is told to close; the device's messages wait for its end. */
    private void close(Device device, OpenSession older) {
        if (older.closing() == null) {
            commands.accept(new Command.CloseSession(older.id, EndReason.TAKEN_OVER));
        }
        await(device, older);
    }

    private void await(Device device, OpenSession older) {
        older.closing(EndReason.TAKEN_OVER);
        device.awaited.add(older);
        takeOvers.addLast(new TakeOver(older, now.monotonicMs() + settings.waits().takeOverMs()));
        takeOversIfCutOff.addLast(
                new TakeOver(older, now.monotonicMs() + settings.waits().cutOffTakeOverMs()));
        if (device.awaited.size() > AWAITED_MAX) {
            stopAwaiting(device.awaited.getFirst());
        }
    }

    void ended(DeviceId device, SessionId id) {
        Device _ = devices.wake(device); // awake, so that its sessions are known by number
        Edge edge = edges.find(id.edge());
        if (edge != null && edge.highestSentByAnnounced.remove(id.number()) != null) {
            markKnown(edge); // it ends before its opened was written again
        }
        OpenSession session = find(id);
        if (session != null) {
            end(session);
        }
    }

    /** Ends this very session: a newer one of the device is not touched. */
    private void end(OpenSession session) {
        session.edge.sessionsByNumber.remove(session.id.number(), session);
        Device device = session.device;
        devices.touched(device);
        if (device.session() == session) {
            devices.own(device, null);
        } else {
            device.awaited.remove(session);
        }
        ledger.presenceChanged(device);
        sessionMembers.changed(device);
        delivery.returnFrom(session);
        delivery.applyRemembered(device);
        delivery.pump(device);
    }

    void notHere(SessionId id) {
        OpenSession session = find(id);
        if (session != null) {
            session.notHere();
        }
    }

    private @Nullable OpenSession find(SessionId id) {
        Edge edge = edges.find(id.edge());
        return edge == null ? null : edge.sessionsByNumber.get(id.number());
    }

    /** Goes on without the {@code ended} of sessions that were waited for long enough. */
    void checkTakeOvers() {
        checkTakeOvers(takeOversIfCutOff, older -> older.edge.isCutOff());
        checkTakeOvers(takeOvers, _ -> true);
    }

    private void checkTakeOvers(ArrayDeque<TakeOver> due, Predicate<OpenSession> isOver) {
        while (!due.isEmpty() && due.getFirst().untilMs <= now.monotonicMs()) {
            OpenSession older = due.removeFirst().older;
            if (older.device.awaited.contains(older) && isOver.test(older)) {
                takeOversRunOut++;
                stopAwaiting(older);
            }
        }
    }

    /** It may still hold messages that its device acknowledges later: those are the duplicates. */
    private void stopAwaiting(OpenSession older) {
        end(older);
    }

    /** How often a new session went on without the {@code ended} of an older one. */
    long takeOversRunOut() {
        return takeOversRunOut;
    }
}
