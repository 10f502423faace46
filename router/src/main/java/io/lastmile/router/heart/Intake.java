package io.lastmile.router.heart;

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
    private final int partition;
    private final Now now;
    private final HeartSettings settings;
    private final Devices devices;
    private final Watermark watermark;
    private final Ledger ledger;
    private final Delivery delivery;
    private final Certainty certainty;
    private final Idempotency idempotency;

    Intake(
            int partition,
            Now now,
            HeartSettings settings,
            Devices devices,
            Watermark watermark,
            Ledger ledger,
            Delivery delivery,
            Certainty certainty,
            Idempotency idempotency) {
        this.partition = partition;
        this.now = now;
        this.settings = settings;
        this.devices = devices;
        this.watermark = watermark;
        this.ledger = ledger;
        this.delivery = delivery;
        this.certainty = certainty;
        this.idempotency = idempotency;
    }

    void messageRead(Event.MessageRead read) {
        long offset = read.offset();
        if (isKnown(offset, read.message().device())) {
            return;
        }
        Message message = read.message();
        MessageId cancelled = message.cancel();
        if (cancelled != null) {
            cancel(message.device(), cancelled);
            watermark.settled(offset);
            return;
        }
        ParkedRecord facts = facts(offset, read.appendedAtMs(), message);
        if (endsUnseen(offset, read.appendedAtMs(), message, facts)) {
            return;
        }
        Device device = devices.of(message.device());
        MessageId replacedBy = replace(device, message, facts.id());
        if (replacedBy == null) {
            makeRoom(device);
        }
        Entry entry = new Entry(device, offset, facts, false);
        devices.add(entry);
        watermark.add(entry);
        if (replacedBy != null) {
            boolean _ = delivery.takeForSent(entry);
            delivery.end(entry, new Ending(Outcome.REPLACED, "by " + replacedBy));
        } else if (entry.isScheduled()) {
            ledger.parkSoon(entry);
        } else if (!delivery.takeForSent(entry)) {
            deliver(entry, message);
        }
        if (entry.flight() == null && !entry.isSettled()) {
            devices.alarmFor(entry);
        }
    }

    private void deliver(Entry entry, Message message) {
        if (entry.facts.expiresAtMs() <= now.ms()) {
            delivery.lookAt(entry.device);
            return;
        }
        entry.bodyAtHand(message);
        delivery.pump(entry.device);
        if (entry.flight() == null) {
            entry.dropBody(); // the shell's cache keeps it, within its bound
        }
        if (entry.device.session() == null) {
            ledger.parkSoon(entry);
        }
    }

    /** Whether the message never comes into an inbox. */
    private boolean endsUnseen(
            long offset, long appendedAtMs, Message message, ParkedRecord facts) {
        Ending ending = endingUnseen(appendedAtMs, message, facts.id());
        if (ending == null) {
            return false;
        }
        ledger.settleUnseen(message.device(), facts, offset, ending);
        return true;
    }

    private @Nullable Ending endingUnseen(long appendedAtMs, Message message, MessageId id) {
        Ending tooLong = tooLong(message);
        if (tooLong != null) {
            return tooLong; // before the idempotency key counts as used
        }
        MessageId first = firstOfKey(appendedAtMs, message, id);
        if (!first.equals(id)) {
            return new Ending(Outcome.REJECTED, "duplicate of " + first);
        }
        if (message.ttlSeconds() == 0 && isOffline(devices.known(message.device()))) {
            return new Ending(Outcome.EXPIRED, "ttl 0 and the device is not connected");
        }
        return null;
    }

    /** The API refuses a long payload by itself; any other producer may write one. */
    private @Nullable Ending tooLong(Message message) {
        int bytes = message.payload().length();
        int bytesMax = settings.payloadBytesMax();
        if (bytes <= bytesMax) {
            return null;
        }
        String detail = "the payload has " + bytes + " bytes, at most " + bytesMax + " are taken";
        return new Ending(Outcome.REJECTED, detail);
    }

    private boolean isOffline(@Nullable Device device) {
        return certainty.isCaughtUp() && (device == null || device.session() == null);
    }

    /** The message that had this one's idempotency key first; itself, where it has none. */
    private MessageId firstOfKey(long appendedAtMs, Message message, MessageId id) {
        String key = message.idempotencyKey();
        return key == null ? id : idempotency.first(message.device(), key, id, appendedAtMs);
    }

    /** Takes a message back, by its first id; one that is settled, or unknown, stays as it is. */
    private void cancel(DeviceId id, MessageId cancelled) {
        Device device = devices.known(id);
        if (device == null) {
            return;
        }
        for (Entry entry : List.copyOf(device.inbox.values())) {
            if (entry.facts.id().equals(cancelled)) {
                delivery.end(entry, new Ending(Outcome.CANCELLED, ""));
            }
        }
    }

    /**
     * A message with a collapse key takes the place of the earlier ones that have it.
     *
     * @return the message that takes this one's place: one that was appended again stands behind
     *     messages that were accepted after it
     */
    private @Nullable MessageId replace(Device device, Message message, MessageId by) {
        String key = message.collapseKey();
        if (key == null) {
            return null;
        }
        MessageId later = null;
        for (Entry entry : List.copyOf(device.inbox.values())) {
            MessageId id = entry.facts.id();
            if (!key.equals(entry.facts.collapseKey())) {
                continue;
            }
            if (id.partition() == by.partition() && id.offset() > by.offset()) {
                later = id;
            } else {
                delivery.end(entry, new Ending(Outcome.REPLACED, "by " + by));
            }
        }
        return later;
    }

    private boolean isKnown(long offset, DeviceId id) {
        watermark.readTo(offset + 1);
        if (watermark.isSettled(offset)) {
            return true;
        }
        Device device = devices.known(id);
        return device != null && device.inbox.containsKey(offset);
    }

    private ParkedRecord facts(long offset, long appendedAtMs, Message message) {
        MessageId origin = message.origin();
        long acceptedAtMs =
                message.acceptedAtMs() == Message.ABSENT ? appendedAtMs : message.acceptedAtMs();
        return new ParkedRecord(
                origin == null ? new MessageId(partition, offset) : origin,
                acceptedAtMs,
                now.ms(),
                expiresAtMs(message.ttlSeconds(), acceptedAtMs),
                message.notBeforeMs(),
                message.payload().length(),
                0,
                message.urgency(),
                message.collapseKey(),
                message.replayOf(),
                null);
    }

    private long expiresAtMs(long ttlSeconds, long acceptedAtMs) {
        if (ttlSeconds == 0) {
            return now.ms() + settings.connectedGraceMs();
        }
        long ttlMs =
                ttlSeconds == Message.ABSENT
                        ? settings.ttlDefaultMs()
                        : Math.min(ttlSeconds * 1_000, settings.ttlMaxMs());
        return acceptedAtMs + ttlMs;
    }

    /** At the cap the oldest messages that are not in flight give way to the newest. */
    private void makeRoom(Device device) {
        int tooMany = device.inbox.size() + 1 - settings.inboxMessagesMax();
        if (tooMany <= 0 || certainty.lacksFor(device)) {
            return;
        }
        String detail = "the inbox was at its cap of " + settings.inboxMessagesMax();
        Ending ending = new Ending(Outcome.OVERFLOWED, detail);
        for (Entry entry : List.copyOf(device.inbox.values())) {
            if (tooMany > 0 && entry.flight() == null) {
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
        ledger.settleUnseen(device, facts, read.offset(), ending);
    }

    void misplaced(Event.MisplacedRead read) {
        watermark.readTo(read.offset() + 1);
        if (watermark.isSettled(read.offset())) {
            return;
        }
        ParkedRecord facts = facts(read.offset(), read.appendedAtMs(), read.message());
        Ending ending = tooLong(read.message());
        if (ending != null) {
            ledger.settleUnseen(read.message().device(), facts, read.offset(), ending);
            return;
        }
        ledger.write(
                new Write.Reappend(
                        read.partition(), facts.id(), facts.acceptedAtMs(), read.message()));
        watermark.settled(read.offset());
    }
}
