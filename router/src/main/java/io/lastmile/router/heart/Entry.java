package io.lastmile.router.heart;

import io.lastmile.wire.Message;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.ParkedRecord;
import org.jspecify.annotations.Nullable;

/**
 * One unsettled message. It waits in its device's inbox, or is in flight in one session, until it
 * is settled; parked or not says only whether the durable inbox has it.
 */
final class Entry {
    final Device device;
    final long offset;
    final ParkedRecord facts;

    private int sends;
    private boolean parked;
    private boolean settled;
    private boolean appendedAgain;
    private int loadingBytes; // 0 while its body is neither on its way nor back
    private boolean loading;
    private @Nullable OpenSession flight;
    private @Nullable Message body;
    private @Nullable Ending remembered;

    Entry(Device device, long offset, ParkedRecord facts, boolean parked) {
        this.device = device;
        this.offset = offset;
        this.facts = facts;
        this.parked = parked;
        this.sends = facts.sends();
        this.appendedAgain = facts.notBeforeMs() == ParkedRecord.APPENDED_AGAIN;
        Outcome ending = facts.ending();
        this.remembered = ending == null ? null : new Ending(ending, "");
    }

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
        return appendedAgain;
    }

    void appendAgain() {
        appendedAgain = true;
        dropBody();
    }

    /** The session that it is in flight in, if any. */
    @Nullable OpenSession flight() {
        return flight;
    }

    /** It was given to this session, by this owner or, as its edge says, by one before. */
    void fliesIn(OpenSession session) {
        flight = session;
        session.took();
        body = null;
    }

    /** It is back, or settled; nothing where it was not in flight. */
    void comesBack() {
        if (flight != null) {
            flight.gaveBack();
            flight = null;
        }
    }

    int sends() {
        return sends;
    }

    void countSend() {
        sends++;
    }

    boolean isParked() {
        return parked;
    }

    void park() {
        parked = true;
    }

    boolean isSettled() {
        return settled;
    }

    void settle() {
        settled = true;
        flight = null;
        body = null;
    }

    /** When to look at it, as long as it waits: at its due time, or at its end. */
    long dueAtMs() {
        if (appendedAgain) {
            return facts.expiresAtMs();
        }
        return remembered == null && !loading ? dueAtMs(facts) : Device.NO_ALARM;
    }

    static long dueAtMs(ParkedRecord facts) {
        return facts.notBeforeMs() == Message.ABSENT
                ? facts.expiresAtMs()
                : Math.min(facts.expiresAtMs(), facts.notBeforeMs());
    }

    /** Whether the durable inbox knows all of it, and nothing is under way. */
    boolean isQuiet() {
        return parked && flight == null && !loading && body == null && remembered == null;
    }

    /** The body while it waits for its turn; null when it has to be read back from the log. */
    @Nullable Message body() {
        return body;
    }

    void bodyAtHand(Message message) {
        body = message;
        loading = false;
    }

    /** It does not wait for its body, nor keep it. */
    void dropBody() {
        body = null;
        loading = false;
    }

    boolean isLoading() {
        return loading;
    }

    /** Its body is on its way, for which room of so many bytes was taken. */
    void load(int bytes) {
        loading = true;
        loadingBytes = bytes;
    }

    /** Says how much room it had taken for its body, which is free now. */
    int unload() {
        int bytes = loadingBytes;
        loadingBytes = 0;
        return bytes;
    }

    /** How it ends if it comes back from its flight; null where it may be sent again. */
    @Nullable Ending remembered() {
        return remembered;
    }

    void remember(Ending ending) {
        if (remembered == null) {
            remembered = ending;
        }
    }

    /** What the durable inbox is to know of it. */
    ParkedRecord parkedRecord() {
        Ending ending = remembered;
        return new ParkedRecord(
                facts.id(),
                facts.acceptedAtMs(),
                facts.routedAtMs(),
                facts.expiresAtMs(),
                appendedAgain ? ParkedRecord.APPENDED_AGAIN : facts.notBeforeMs(),
                facts.bodyBytes(),
                sends,
                facts.urgency(),
                facts.collapseKey(),
                facts.replayOf(),
                ending == null ? null : ending.outcome());
    }
}
