package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A device that has a session or unsettled messages. */
final class Device {
    final DeviceId id;

    /** Unsettled messages by offset. */
    final TreeMap<Long, Entry> inbox = new TreeMap<>();

    /** Older sessions whose {@code ended} the new one waits for, oldest first. */
    final List<OpenSession> awaited = new ArrayList<>(0);

    private @Nullable OpenSession session;
    private boolean published;
    private boolean presenceChanged;
    private long heldUntilCommit;

    Device(DeviceId id) {
        this.id = id;
    }

    /** The session that owns it, null while it is offline. */
    @Nullable OpenSession session() {
        return session;
    }

    void session(@Nullable OpenSession next) {
        session = next;
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

    List<SessionId> awaitedIds() {
        return awaited.stream().map(older -> older.id).toList();
    }

    boolean isEmpty() {
        return session == null && inbox.isEmpty() && awaited.isEmpty() && !presenceChanged;
    }

    /** Whether the presence topic has, or had, a record of it. */
    boolean isPublished() {
        return published;
    }

    void published(boolean now) {
        published = now;
    }

    boolean presenceChanged() {
        return presenceChanged;
    }

    void presenceChanged(boolean changed) {
        presenceChanged = changed;
    }

    /** The number of the transaction that must be committed before it is sent anything more. */
    long heldUntilCommit() {
        return heldUntilCommit;
    }

    void heldUntilCommit(long transaction) {
        heldUntilCommit = transaction;
    }
}
