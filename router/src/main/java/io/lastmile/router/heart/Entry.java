package io.lastmile.router.heart;

import io.lastmile.wire.Message;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.ParkedRecord;
import org.jspecify.annotations.Nullable;

/**
 * The life of one unsettled message, as its owner knows it. All that changes it is a method of this
 * class; what is not in the table throws, since then the owner's state is worth nothing: its shell
 * drops the partition and claims it again. The rules are the heart's own, so that no record,
 * however odd, can break them.
 *
 * <pre>
 *   from            to               when
 *   (read, restored) WAITING         it may go as soon as its turn comes
 *   (read, restored) SCHEDULED       it has a time to wait for
 *   (restored)      APPENDED_AGAIN   its owner before had got so far
 *   WAITING         READY            its body is at hand: it was read just now
 *   WAITING         LOADING          its turn comes; its body is asked for, with room for it taken
 *   LOADING         READY            the body is back
 *   LOADING         WAITING          the body is gone
 *   READY           WAITING          it cannot go now: its body is not kept
 *   READY           IN_FLIGHT        sent
 *   WAITING, LOADING IN_FLIGHT       its edge says that it was given to a session before
 *   IN_FLIGHT       WAITING          the session is over, or its edge says that it never came
 *   SCHEDULED       DUE              its time has come; its body is asked for
 *   DUE             SCHEDULED        the body is gone
 *   DUE             APPENDED_AGAIN   in the next transaction: it goes on under another offset
 *   all             SETTLED          it has its outcome, or is known under the other offset
 * </pre>
 *
 * <p>A copy of a broadcast goes by the same table without the bodies: those are the broadcast's.
 *
 * <p>Beside that it is parked or not, which says only whether the durable inbox has it, and it may
 * have an ending that is remembered until nobody can acknowledge it any more.
 */
final class Entry {
    private enum Stage {
        SCHEDULED,
        DUE,
        APPENDED_AGAIN,
        WAITING,
        LOADING,
        READY,
        IN_FLIGHT,
        SETTLED;

        boolean leadsTo(Stage next) {
            return switch (next) {
                case SCHEDULED, APPENDED_AGAIN -> this == DUE;
                case DUE -> this == SCHEDULED;
                case WAITING -> this == LOADING || this == READY || this == IN_FLIGHT;
                case LOADING -> this == WAITING;
                case READY -> this == WAITING || this == LOADING;
                case IN_FLIGHT -> this == WAITING || this == LOADING || this == READY;
                case SETTLED -> this != SETTLED;
            };
        }
    }

    final Device device;
    final long offset;
    final ParkedRecord facts;

    /** That it is a copy of; null for a message of the device alone. */
    final @Nullable Broadcast broadcast;

    private Stage stage;
    private boolean parked;
    private int sends;
    private int roomBytes; // taken for its body, while that is on its way or waits to be sent
    private @Nullable Message body; // only when READY
    private @Nullable OpenSession flight; // only when IN_FLIGHT
    private @Nullable Ending ending;

    /** As it is read. */
    Entry(Device device, long offset, ParkedRecord facts) {
        this(device, offset, facts, null);
    }

    private Entry(Device device, long offset, ParkedRecord facts, @Nullable Broadcast broadcast) {
        this.broadcast = broadcast;
        this.device = device;
        this.offset = offset;
        this.facts = facts;
        this.sends = facts.sends();
        if (facts.notBeforeMs() == ParkedRecord.APPENDED_AGAIN) {
            stage = Stage.APPENDED_AGAIN;
        } else {
            stage = facts.notBeforeMs() == Message.ABSENT ? Stage.WAITING : Stage.SCHEDULED;
        }
        Outcome remembered = facts.ending();
        this.ending = remembered == null ? null : new Ending(remembered, "");
    }

    /** As the durable inbox has it. */
    static Entry parked(Device device, long offset, ParkedRecord facts) {
        Entry entry = new Entry(device, offset, facts);
        entry.parked = true;
        return entry;
    }

    /** A broadcast as this device sees it: what the durable inbox has of it is a bit. */
    static Entry copy(Device device, Broadcast broadcast) {
        Entry entry = new Entry(device, broadcast.offset, broadcast.facts, broadcast);
        entry.parked = true;
        return entry;
    }

    private void become(Stage next) {
        if (!stage.leadsTo(next)) {
            throw new IllegalStateException(this + " cannot become " + next);
        }
        stage = next;
    }

    // Questions.

    /**
     * Whether it waits for its time: then it is appended again, and never sent under this offset.
     */
    boolean isScheduled() {
        return facts.notBeforeMs() != Message.ABSENT;
    }

    /**
     * Whether its time has come and it was appended again: it goes on under another offset as soon
     * as that record is read.
     */
    boolean isAppendedAgain() {
        return stage == Stage.APPENDED_AGAIN;
    }

    boolean isInFlight() {
        return stage == Stage.IN_FLIGHT;
    }

    /** The session that it is in flight in, if any. */
    @Nullable OpenSession flight() {
        return flight;
    }

    boolean isLoading() {
        return stage == Stage.LOADING || stage == Stage.DUE;
    }

    /** The body while it waits for its turn; null when it has to be read back from the log. */
    @Nullable Message body() {
        return body;
    }

    boolean isSettled() {
        return stage == Stage.SETTLED;
    }

    /** Whether it is one of many. */
    boolean isCopy() {
        return broadcast != null;
    }

    boolean isParked() {
        return parked;
    }

    int sends() {
        return sends;
    }

    /** How it ends if it comes back from its flight; null where it may be sent again. */
    @Nullable Ending remembered() {
        return ending == null && broadcast != null ? broadcast.ending() : ending;
    }

    /** Whether the durable inbox knows all of it, and nothing is under way. */
    boolean isQuiet() {
        return parked
                && remembered() == null
                && (stage == Stage.WAITING
                        || stage == Stage.SCHEDULED
                        || stage == Stage.APPENDED_AGAIN);
    }

    /** When to look at it, as long as it waits: at its due time, or at its end. */
    long dueAtMs() {
        if (broadcast != null) {
            return Device.NO_ALARM; // it ends for all of them at once
        }
        if (isAppendedAgain()) {
            return facts.expiresAtMs();
        }
        return ending == null && !isLoading() ? dueAtMs(facts) : Device.NO_ALARM;
    }

    static long dueAtMs(ParkedRecord facts) {
        return facts.notBeforeMs() == Message.ABSENT
                ? facts.expiresAtMs()
                : Math.min(facts.expiresAtMs(), facts.notBeforeMs());
    }

    /** What the durable inbox is to know of it. */
    ParkedRecord parkedRecord() {
        Ending remembered = ending;
        return new ParkedRecord(
                facts.id(),
                facts.acceptedAtMs(),
                facts.routedAtMs(),
                facts.expiresAtMs(),
                isAppendedAgain() ? ParkedRecord.APPENDED_AGAIN : facts.notBeforeMs(),
                facts.bodyBytes(),
                sends,
                facts.urgency(),
                facts.collapseKey(),
                facts.replayOf(),
                remembered == null ? null : remembered.outcome());
    }

    // Transitions.

    /** Its body is on its way, for which room of so many bytes was taken. */
    void load(int bytes) {
        become(stage == Stage.SCHEDULED ? Stage.DUE : Stage.LOADING);
        roomBytes = bytes;
    }

    void bodyAtHand(Message message) {
        become(Stage.READY);
        body = message;
    }

    /** It does not wait for its body any more, nor keep it. */
    void dropBody() {
        become(stage == Stage.DUE ? Stage.SCHEDULED : Stage.WAITING);
        body = null;
    }

    /** Says how much room it had taken for its body, which is free now. */
    int freeRoom() {
        int bytes = roomBytes;
        roomBytes = 0;
        return bytes;
    }

    void appendAgain() {
        become(Stage.APPENDED_AGAIN);
    }

    /** It was given to this session, by this owner or, as its edge says, by one before. */
    void fly(OpenSession session) {
        become(Stage.IN_FLIGHT);
        body = null;
        flight = session;
        session.took();
        if (broadcast != null) {
            broadcast.took();
        }
    }

    void countSend() {
        sends++;
    }

    /** It is back from its flight. */
    void comeBack() {
        become(Stage.WAITING);
        endFlight();
    }

    private void endFlight() {
        if (flight != null) {
            flight.gaveBack();
            flight = null;
            if (broadcast != null) {
                broadcast.gaveBack();
            }
        }
    }

    void remember(Ending how) {
        if (ending == null) {
            ending = how;
        }
    }

    /** The next transaction puts it into the durable inbox. */
    void park() {
        if (isSettled()) {
            throw new IllegalStateException(this + " is settled");
        }
        parked = true;
    }

    void settle() {
        become(Stage.SETTLED);
        endFlight();
        body = null;
    }

    @Override
    public String toString() {
        return facts.id() + " at " + offset + " (" + stage + ")";
    }
}
