package io.lastmile.node.trace;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.RevocationRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All that the topics tell of one message, put together record by record. One thread. */
public final class MessageTrace {
    private final MessageId id;
    private final DeviceId device;
    private final SessionLog sessions;
    private final Set<Long> offsets = new HashSet<>();
    private final List<Step> steps = new ArrayList<>();
    private @Nullable Message message;
    private @Nullable ParkedRecord lastParked;
    private @Nullable ReceiptRecord receipt;
    private @Nullable RevocationRecord revocation;
    private long acceptedAtMs = Message.ABSENT;
    private boolean isRouted;
    private boolean isHeldBack;

    /** Nothing known yet but whose message it is. */
    public MessageTrace(MessageId id, DeviceId device, SessionLog sessions) {
        this.id = id;
        this.device = device;
        this.sessions = sessions;
    }

    /** Its record in messages. Where it is in the partition of its device, that is its offset. */
    public void accepted(long atMs, Message record, boolean isInItsPartition) {
        message = record;
        acceptedAtMs = atMs;
        steps.add(Step.accepted(id, atMs, record));
        if (isInItsPartition) {
            offsets.add(id.offset());
        }
    }

    /** It is a copy of a broadcast, whose mark has its id. */
    public void marked(long atMs, BroadcastId broadcast, String audience) {
        steps.add(Step.marked(id, atMs, broadcast, audience));
    }

    /** It stands behind an open transaction: nobody reads it before that ends. */
    public void heldBack() {
        isHeldBack = true;
    }

    /** Whether it stands behind an open transaction. */
    public boolean isHeldBack() {
        return isHeldBack;
    }

    /** A later record of messages, which may repeat or cancel it. */
    public void later(MessageId place, long atMs, Message record) {
        if (id.equals(record.origin())) {
            offsets.add(place.offset());
            steps.add(Step.appendedAgain(id, atMs, place));
        } else if (id.equals(record.cancel())) {
            steps.add(Step.cancelAsked(id, atMs, place));
        }
    }

    public void parked(long atMs, ParkedRecord record) {
        if (!record.id().equals(id)) {
            return;
        }
        routed(record.routedAtMs());
        lastParked = record;
        steps.add(Step.parked(atMs, record));
    }

    public void event(EventRecord event) {
        switch (event) {
            case EventRecord.Opened opened -> sessions.opened(opened);
            case EventRecord.Ended ended -> sessions.ended(ended);
            case EventRecord.Acked acked -> {
                for (EventRecord.Ack ack : acked.acks()) {
                    if (offsets.contains(ack.offset())) {
                        steps.addAll(Step.acked(id, acked.session(), ack));
                    }
                }
            }
        }
    }

    public void settled(ReceiptRecord record) {
        if (!record.id().equals(id)) {
            return;
        }
        receipt = record;
        acceptedAtMs = record.acceptedAtMs();
        offsets.add(record.offset());
        routed(record.routedAtMs());
        steps.add(Step.settled(record));
    }

    /** Its device may not connect, as things are now. */
    public void lockedOut(RevocationRecord record) {
        revocation = record;
    }

    private void routed(long atMs) {
        if (atMs != ReceiptRecord.NEVER && !isRouted) {
            isRouted = true;
            steps.add(Step.routed(id, atMs));
        }
    }

    public MessageId id() {
        return id;
    }

    public DeviceId device() {
        return device;
    }

    /** Null where retention took it, or it has not been read. */
    public @Nullable Message message() {
        return message;
    }

    public @Nullable ReceiptRecord receipt() {
        return receipt;
    }

    public @Nullable ParkedRecord lastParked() {
        return lastParked;
    }

    /** Null where the device may connect. */
    public @Nullable RevocationRecord revocation() {
        return revocation;
    }

    public SessionLog sessions() {
        return sessions;
    }

    /** Since the epoch; {@link Message#ABSENT} where nothing was found of it. */
    public long acceptedAtMs() {
        return acceptedAtMs;
    }

    /** Whether it opened the session that got the message, though by another machine's time. */
    private boolean hasOpenedFor(Step step) {
        return receipt != null
                && step.name().equals(Step.OPENED)
                && step.session() != null
                && step.session().equals(receipt.session());
    }

    /**
     * Its steps and those of the device's sessions meanwhile, in the order of time, and before them
     * how the device stood when it was accepted.
     */
    public List<Step> steps() {
        List<Step> all = new ArrayList<>(steps);
        long untilMs = receipt == null ? Long.MAX_VALUE : receipt.settledAtMs();
        for (Step step : sessions.steps()) {
            if (step.atMs() >= acceptedAtMs && (step.atMs() <= untilMs || hasOpenedFor(step))) {
                all.add(step);
            }
        }
        if (revocation != null && revocation.atMs() <= untilMs) {
            all.add(Step.lockedOut(revocation));
        }
        Step before = sessions.openAt(acceptedAtMs);
        before = before != null ? before : sessions.endBefore(acceptedAtMs);
        if (before != null && before.atMs() < acceptedAtMs) {
            all.add(before);
        }
        return Step.inOrder(all);
    }
}
