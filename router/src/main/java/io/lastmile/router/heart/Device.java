package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.PresenceRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A device that is awake: something is, or was a moment ago, happening to it. */
final class Device {
    /** The {@link #alarmAtMs} of a device that nobody need look at. */
    static final long NO_ALARM = Long.MAX_VALUE;

    final DeviceId id;

    /** Unsettled messages by offset. */
    final TreeMap<Long, Entry> inbox = new TreeMap<>();

    /** Older sessions whose {@code ended} the new one waits for, oldest first. */
    final List<OpenSession> awaited = new ArrayList<>(0);

    private @Nullable OpenSession session;
    private @Nullable Member member;
    private long copiesTo = -1;
    private boolean published;
    private boolean presenceDue;
    private boolean memberDue;
    private long heldUntilCommit;
    private long alarmAtMs = NO_ALARM;
    private int handle = DeviceTable.NONE;
    private boolean perhapsQuiet;
    private boolean inLine;

    Device(DeviceId id) {
        this.id = id;
    }

    /** The session that owns it, null while it is offline. */
    @Nullable OpenSession session() {
        return session;
    }

    void ownedBy(@Nullable OpenSession next) {
        session = next;
    }

    /** What makes it a member of channels, null while it is in none and waits for none. */
    @Nullable Member member() {
        return member;
    }

    /** The number of a device that is a member. */
    int memberNumber() {
        if (member == null) {
            throw new IllegalStateException(id + " is no member");
        }
        return member.number;
    }

    void becomes(@Nullable Member next) {
        member = next;
    }

    /** The mark of the latest broadcast for which it was looked whether it waits for it. */
    long copiesTo() {
        return copiesTo;
    }

    void copiesTo(long offset) {
        copiesTo = offset;
    }

    /** Whether it has a session on an edge that has not answered this owner yet. */
    boolean hasUnansweredEdge() {
        if (session != null && !session.edge.hasEverAnswered()) {
            return true;
        }
        for (OpenSession older : awaited) {
            if (!older.edge.hasEverAnswered()) {
                return true;
            }
        }
        return false;
    }

    /** The highest offset that a session which may hold messages was given. */
    long highestSent() {
        long highest = session == null ? HeldSession.NOTHING_SENT : session.highestSent();
        for (OpenSession older : awaited) {
            highest = Math.max(highest, older.highestSent());
        }
        return highest;
    }

    List<SessionId> awaitedIds() {
        return awaited.stream().map(older -> older.id).toList();
    }

    /**
     * What a successor has to know of its sessions: the owner; while it is offline the newest that
     * is still waited for, since that may hold messages; null where there is none.
     */
    @Nullable PresenceRecord presence() {
        List<SessionId> older = awaitedIds();
        if (session != null) {
            return session.presence(older);
        }
        return awaited.isEmpty()
                ? null
                : awaited.getLast().presence(older.subList(0, older.size() - 1));
    }

    boolean isEmpty() {
        return session == null
                && inbox.isEmpty()
                && awaited.isEmpty()
                && member == null
                && !presenceDue
                && !memberDue;
    }

    /** Whether the presence topic has, or had, a record of it. */
    boolean isPublished() {
        return published;
    }

    /** Its record in members is, or is not any more, to be written. */
    void memberDue(boolean due) {
        memberDue = due;
    }

    /** Its record in presence is to be written. */
    void presenceDue() {
        presenceDue = true;
    }

    /** Its record in presence, or a tombstone, is in the next transaction. */
    void presenceWritten(boolean online) {
        presenceDue = false;
        published = online;
    }

    /** The number of the transaction that must be committed before it is sent anything more. */
    long heldUntilCommit() {
        return heldUntilCommit;
    }

    void holdUntilCommit(long transaction) {
        heldUntilCommit = transaction;
    }

    /** The time of the alarm that is set for it. */
    long alarmAtMs() {
        return alarmAtMs;
    }

    void setAlarm(long timeMs) {
        alarmAtMs = timeMs;
    }

    /** Its place among the devices. */
    int handle() {
        return handle;
    }

    void placeAt(int place) {
        handle = place;
    }

    /** Somebody is to look whether it is quiet; says whether nobody was. */
    boolean joinPerhapsQuiet() {
        boolean joins = !perhapsQuiet;
        perhapsQuiet = true;
        return joins;
    }

    void leavePerhapsQuiet() {
        perhapsQuiet = false;
    }

    void joinLine() {
        inLine = true;
    }

    void leaveLine() {
        inLine = false;
    }

    /** Whether its session takes it. */
    private boolean isToGo(Entry entry) {
        return !entry.isScheduled() && session != null && session.takes(entry);
    }

    /** Whether nothing is happening to it, and nothing will by itself before its alarm. */
    boolean isQuiet() {
        if (presenceDue
                || memberDue
                || inLine
                || !awaited.isEmpty()
                || (session != null && !session.isQuiet())) {
            return false;
        }
        if (member != null && !member.strays(session).isEmpty()) {
            return false; // its leave is on the way
        }
        boolean waitsForRoom = session != null && session.edge.hasAnswered();
        for (Entry entry : inbox.values()) {
            if (!entry.isQuiet() || (waitsForRoom && isToGo(entry))) {
                return false;
            }
        }
        return true;
    }
}
