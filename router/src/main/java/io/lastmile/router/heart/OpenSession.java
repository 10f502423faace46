package io.lastmile.router.heart;

import io.lastmile.wire.EndReason;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.PresenceRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session that the log says is open: the one that owns its device, or an older one closing. */
final class OpenSession {
    final SessionId id;
    final Device device;
    final Edge edge;

    /** The offset of its first {@code opened}: of two sessions the higher owns the device. */
    final long rank;

    final int windowMessages;
    private final Transport transport;
    private final int protocolLevel;
    private final int qos;
    private final long sinceMs;
    private final boolean takesInbox;

    private long highestSent = HeldSession.NOTHING_SENT;
    private int inFlight;
    private @Nullable EndReason closing;
    private boolean notHere;

    OpenSession(Device device, Edge edge, PresenceRecord presence, int windowMessages) {
        this.id = presence.session();
        this.device = device;
        this.edge = edge;
        this.rank = presence.openedOffset();
        this.windowMessages = windowMessages;
        this.transport = presence.transport();
        this.protocolLevel = presence.protocolLevel();
        this.qos = presence.qos();
        this.sinceMs = presence.sinceMs();
        this.takesInbox = presence.takesInbox();
    }

    /** The highest offset given to it, as this owner or its edge's answer knows. */
    long highestSent() {
        return highestSent;
    }

    /** Its edge says so, or a successor's restore. */
    void highestSent(long offset) {
        highestSent = offset;
    }

    /** It is given this message: in one session offsets only rise. */
    void sends(long offset) {
        if (offset <= highestSent) {
            throw new IllegalStateException(offset + " is sent after " + highestSent + " in " + id);
        }
        highestSent = offset;
    }

    /** Whether it takes messages for its device alone. */
    boolean takesInbox() {
        return takesInbox;
    }

    /** Whether the message may go to it at all; what it does not take waits for another session. */
    boolean takes(Entry entry) {
        return takesInbox || entry.isCopy();
    }

    int inFlight() {
        return inFlight;
    }

    void took() {
        inFlight++;
    }

    void gaveBack() {
        if (inFlight == 0) {
            throw new IllegalStateException("nothing is in flight in " + id);
        }
        inFlight--;
    }

    /** Why it was told to close, if it was. */
    @Nullable EndReason closing() {
        return closing;
    }

    void closing(EndReason reason) {
        closing = reason;
    }

    /** Its edge does not have it any more: its {@code ended} is on the way. */
    void notHere() {
        notHere = true;
    }

    /** Whether nothing is in flight in it and nobody waits for its end. */
    boolean isQuiet() {
        return inFlight == 0 && closing == null && !notHere;
    }

    /** Whether messages may go to it now. */
    boolean isSendable() {
        return edge.isSendable() && closing == null && !notHere;
    }

    /** What the presence topic says while it owns its device. */
    PresenceRecord presence(List<SessionId> awaited) {
        return new PresenceRecord(
                id,
                rank,
                sinceMs,
                transport,
                protocolLevel,
                qos,
                windowMessages,
                takesInbox,
                awaited);
    }
}
