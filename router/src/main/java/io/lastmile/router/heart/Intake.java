package io.lastmile.router.heart;

import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.ParkedRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes messages from the log into the inboxes of their devices, or ends them there and then. */
final class Intake {
    private static final Ending NEVER_DUE =
            new Ending(
                    Outcome.REJECTED,
                    "not-before: the time to live ends before, so that it could never be delivered");

    private final int partition;
    private final Now now;
    private final HeartSettings settings;
    private final Devices devices;
    private final Watermark watermark;
    private final Ledger ledger;
    private final Delivery delivery;
    private final Certainty certainty;
    private final Idempotency idempotency;
    private final Arrivals arrivals;
    private final Channels channels;
    private final SessionMembers sessionMembers;
    private final Broadcasts broadcasts;

    /** What tells whether a message has been there before. */
    record Keys(Idempotency idempotency, Arrivals arrivals) {}

    /** What joins, leaves and marks are for. */
    record Membership(Channels channels, SessionMembers sessionMembers, Broadcasts broadcasts) {}

    Intake(
            Terms terms,
            Devices devices,
            Watermark watermark,
            Ledger ledger,
            Delivery delivery,
            Certainty certainty,
            Keys keys,
            Membership membership) {
        this.partition = terms.partition();
        this.now = terms.now();
        this.settings = terms.settings();
        this.devices = devices;
        this.watermark = watermark;
        this.ledger = ledger;
        this.delivery = delivery;
        this.certainty = certainty;
        this.idempotency = keys.idempotency;
        this.arrivals = keys.arrivals;
        this.channels = membership.channels;
        this.sessionMembers = membership.sessionMembers;
        this.broadcasts = membership.broadcasts;
    }

    void messageRead(Event.MessageRead read) {
        long offset = read.offset();
        watermark.readTo(offset + 1);
        if (watermark.isSettled(offset) || isInInbox(offset, read.message().device())) {
            return;
        }
        Message message = read.message();
        Control control = message.control();
        if (control != null) {
            control(message.device(), control);
            watermark.settled(offset);
            return;
        }
        Entry before = appendedAgain(message);
        if (before != null) {
            goesOn(before, offset, message);
        } else if (isCopy(message, offset)) {
            watermark.settled(offset);
        } else {
            begins(read, message);
        }
    }

    private void control(DeviceId id, Control control) {
        switch (control) {
            case Control.Cancel(var cancelled) -> cancel(id, cancelled);
            case Control.Join join -> {
                Device device = devices.wakeOrAdd(id);
                boolean isNew = device.member() == null;
                boolean isIn = channels.isIn(device, join.channel());
                if (channels.join(device, join, now.ms(), settings.channels())) {
                    if (isNew) {
                        ledger.holdUntilCommitted(device); // a number counts once it is committed
                    }
                    ledger.memberChanged(device);
                    sessionMembers.changed(device);
                    if (!isIn) {
                        broadcasts.joined(device, join.channel());
                    }
                }
            }
            case Control.Leave leave -> {
                Device device = devices.wake(id);
                if (device != null && channels.leave(device, leave)) {
                    ledger.memberChanged(device);
                }
            }
        }
    }

    /** A mark is read: what its broadcast leads to is settled with it, in one transaction. */
    void markRead(Event.MarkRead read) {
        watermark.readTo(read.offset() + 1);
        if (!watermark.isSettled(read.offset())) {
            watermark.settled(read.offset());
            broadcasts.markRead(read.offset(), read.mark());
        }
    }

    /** A message that has not been read before. */
    private void begins(Event.MessageRead read, Message message) {
        long offset = read.offset();
        ParkedRecord facts = facts(offset, read.appendedAtMs(), message);
        if (endsUnseen(offset, read.appendedAtMs(), message, facts)) {
            return;
        }
        Device device = devices.wakeOrAdd(message.device());
        if (message.notBeforeMs() == Message.ABSENT) {
            replace(device, facts, offset);
        }
        makeRoom(device);
        Entry entry = add(device, offset, facts);
        if (entry.isScheduled()) {
            ledger.parkSoon(entry);
        } else if (!delivery.takeForSent(entry)) {
            deliver(entry, message);
        }
        alarmFor(entry);
    }

    /**
     * What this record of an owner's stands for: a message whose time had come. One that still has
     * a time to wait for was misplaced, and no more.
     */
    private @Nullable Entry appendedAgain(Message message) {
        MessageId origin = message.origin();
        if (origin == null || message.notBeforeMs() != Message.ABSENT) {
            return null;
        }
        Device device = devices.wake(message.device());
        for (Entry entry : device == null ? List.<Entry>of() : device.inbox.values()) {
            if (entry.isAppendedAgain() && entry.facts.id().equals(origin)) {
                return entry;
            }
        }
        return null;
    }

    /** A message goes on where it was appended again. All but its body was known before. */
    private void goesOn(Entry before, long offset, Message message) {
        Device device = before.device;
        ParkedRecord facts = before.facts.due();
        Ending ending = before.remembered();
        if (ending == null) {
            replace(device, facts, before.offset);
        }
        Entry entry = add(device, offset, facts);
        ledger.goesOn(before, entry);
        boolean sent = delivery.takeForSent(entry);
        if (ending != null) {
            delivery.end(entry, ending);
        } else if (!sent) {
            deliver(entry, message);
        }
        alarmFor(entry);
    }

    private Entry add(Device device, long offset, ParkedRecord facts) {
        Entry entry = new Entry(device, offset, facts);
        devices.add(entry);
        watermark.add(entry);
        return entry;
    }

    private void alarmFor(Entry entry) {
        if (!entry.isInFlight() && !entry.isSettled()) {
            devices.alarmFor(entry);
        }
    }

    /**
     * Whether an owner has appended this before: whoever can read such a record can copy it. What
     * it repeats has its outcome, so that it is passed over.
     */
    private boolean isCopy(Message message, long offset) {
        MessageId origin = message.origin();
        return origin != null
                && (origin.partition() == partition || !arrivals.take(origin, offset));
    }

    private void deliver(Entry entry, Message message) {
        if (entry.facts.expiresAtMs() <= now.ms()) {
            delivery.lookAt(entry.device);
            return;
        }
        entry.bodyAtHand(message);
        delivery.pump(entry.device);
        if (entry.body() != null) {
            entry.dropBody(); // the shell's cache keeps it, within its bound
        }
        if (entry.device.session() == null) {
            ledger.parkSoon(entry);
        }
    }

    /** Whether the message never comes into an inbox. */
    private boolean endsUnseen(
            long offset, long appendedAtMs, Message message, ParkedRecord facts) {
        Ending ending = endingUnseen(appendedAtMs, message, facts);
        if (ending == null) {
            return false;
        }
        ledger.settleUnseen(devices.wakeOrAdd(message.device()), facts, offset, ending);
        return true;
    }

    private @Nullable Ending endingUnseen(long appendedAtMs, Message message, ParkedRecord facts) {
        Ending tooLong = tooLong(message);
        if (tooLong != null) {
            return tooLong; // before the idempotency key counts as used
        }
        if (isOverBeforeItIsDue(message, facts)) {
            return NEVER_DUE;
        }
        MessageId first = firstOfKey(appendedAtMs, message, facts.id());
        if (!first.equals(facts.id())) {
            return new Ending(Outcome.REJECTED, "duplicate of " + first);
        }
        if (message.ttlSeconds() == 0 && isOffline(devices.wake(message.device()))) {
            return new Ending(Outcome.EXPIRED, "ttl 0 and the device is not connected");
        }
        return null;
    }

    /** The API refuses a long payload by itself; any other producer may write one. */
    private @Nullable Ending tooLong(Message message) {
        int bytes = message.payload().length();
        int bytesMax = settings.bodies().bytesMax();
        if (bytes <= bytesMax) {
            return null;
        }
        String detail = "the payload has " + bytes + " bytes, at most " + bytesMax + " are taken";
        return new Ending(Outcome.REJECTED, detail);
    }

    private boolean isOffline(@Nullable Device device) {
        OpenSession session = device == null ? null : device.session();
        return certainty.isComplete() && (session == null || !session.takesInbox());
    }

    /** The message that had this one's idempotency key first; itself, where it has none. */
    private MessageId firstOfKey(long appendedAtMs, Message message, MessageId id) {
        String key = message.idempotencyKey();
        return key == null ? id : idempotency.first(message.device(), key, id, appendedAtMs);
    }

    /** Takes a message back, by its first id; one that is settled, or unknown, stays as it is. */
    private void cancel(DeviceId id, MessageId cancelled) {
        Device device = devices.wake(id);
        if (device == null) {
            return;
        }
        for (Entry entry : List.copyOf(device.inbox.values())) {
            if (!entry.isCopy() && entry.facts.id().equals(cancelled)) {
                delivery.end(entry, new Ending(Outcome.CANCELLED, ""));
            }
        }
    }

    /**
     * A message with a collapse key takes the place of those that were accepted before it and have
     * that key too: as soon as it may be delivered, for until then they are the latest.
     *
     * @param firstOffset where it was read first. What waits for its time behind that, takes the
     *     place of this one when that has come
     */
    private void replace(Device device, ParkedRecord by, long firstOffset) {
        String key = by.collapseKey();
        if (key == null) {
            return;
        }
        for (Entry entry : List.copyOf(device.inbox.values())) {
            boolean later = entry.isScheduled() && entry.offset >= firstOffset;
            if (!later && key.equals(entry.facts.collapseKey())) {
                delivery.end(entry, new Ending(Outcome.REPLACED, "by " + by.id()));
            }
        }
    }

    private boolean isInInbox(long offset, DeviceId id) {
        Device device = devices.wake(id);
        return device != null && device.inbox.containsKey(offset);
    }

    private ParkedRecord facts(long offset, long appendedAtMs, Message message) {
        MessageId origin = message.origin();
        long acceptedAtMs =
                message.acceptedAtMs() == Message.ABSENT ? appendedAtMs : message.acceptedAtMs();
        return new ParkedRecord(
                origin == null ? new MessageId(partition, offset) : origin,
                acceptedAtMs,
                Math.max(now.ms(), acceptedAtMs),
                expiresAtMs(message, acceptedAtMs),
                message.notBeforeMs(),
                message.payload().length(),
                0,
                message.urgency(),
                message.collapseKey(),
                message.replayOf(),
                null);
    }

    /** A ttl counts from the append time; where there is none, from when the message is due. */
    private long expiresAtMs(Message message, long acceptedAtMs) {
        long ttlSeconds = message.ttlSeconds();
        if (ttlSeconds == 0) {
            return now.ms() + settings.ttl().graceMs();
        }
        return ttlSeconds == Message.ABSENT
                ? Math.max(acceptedAtMs, message.notBeforeMs()) + settings.ttl().defaultMs()
                : acceptedAtMs + ttlMs(ttlSeconds);
    }

    private long ttlMs(long ttlSeconds) {
        return ttlSeconds == Message.ABSENT
                ? settings.ttl().maxMs()
                : Math.min(ttlSeconds * 1_000, settings.ttl().maxMs());
    }

    /** By append time alone: whoever reads it once more must come to the same end. */
    private boolean isOverBeforeItIsDue(Message message, ParkedRecord facts) {
        return message.notBeforeMs() != Message.ABSENT
                && facts.acceptedAtMs() + ttlMs(message.ttlSeconds()) <= message.notBeforeMs();
    }

    /** At the cap the oldest messages that are not in flight give way to the newest. */
    private void makeRoom(Device device) {
        int own = (int) device.inbox.values().stream().filter(one -> !one.isCopy()).count();
        int tooMany = own + 1 - settings.inbox().messagesMax();
        if (tooMany <= 0 || certainty.lacksFor(device)) {
            return;
        }
        String detail = "the inbox was at its cap of " + settings.inbox().messagesMax();
        Ending ending = new Ending(Outcome.OVERFLOWED, detail);
        for (Entry entry : List.copyOf(device.inbox.values())) {
            if (tooMany > 0 && !entry.isCopy() && delivery.mayEnd(entry)) {
                ledger.settle(entry, ending);
                tooMany--;
            }
        }
    }

    void unreadable(Event.UnreadableRead read) {
        watermark.readTo(read.offset() + 1);
        if (watermark.isSettled(read.offset())) {
            return;
        }
        ledger.write(new Write.Reject(read.offset(), read.reason(), read.rejected()));
        DeviceId device = read.device();
        if (device == null) {
            watermark.settled(read.offset());
            return;
        }
        ParkedRecord facts =
                facts(read.offset(), read.appendedAtMs(), Message.plain(device, Payload.EMPTY));
        Ending ending = new Ending(Outcome.REJECTED, read.reason());
        ledger.settleUnseen(devices.wakeOrAdd(device), facts, read.offset(), ending);
    }

    void misplaced(Event.MisplacedRead read) {
        watermark.readTo(read.offset() + 1);
        if (watermark.isSettled(read.offset())) {
            return;
        }
        ParkedRecord facts = facts(read.offset(), read.appendedAtMs(), read.message());
        Ending ending = tooLong(read.message());
        if (ending != null) {
            ledger.settleElsewhere(read.message().device(), facts, read.offset(), ending);
            return;
        }
        ledger.write(
                new Write.Reappend(
                        read.partition(), facts.id(), facts.acceptedAtMs(), read.message()));
        watermark.settled(read.offset());
    }
}
