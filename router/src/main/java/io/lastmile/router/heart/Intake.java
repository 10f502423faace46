package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.ParkedRecord;

/** Takes messages from the log into the inboxes of their devices, or ends them there and then. */
final class Intake {
    private final int partition;
    private final Now now;
    private final HeartSettings settings;
    private final Devices devices;
    private final Watermark watermark;
    private final Ledger ledger;
    private final Delivery delivery;
    private final Expiry expiry;

    Intake(
            int partition,
            Now now,
            HeartSettings settings,
            Devices devices,
            Watermark watermark,
            Ledger ledger,
            Delivery delivery,
            Expiry expiry) {
        this.partition = partition;
        this.now = now;
        this.settings = settings;
        this.devices = devices;
        this.watermark = watermark;
        this.ledger = ledger;
        this.delivery = delivery;
        this.expiry = expiry;
    }

    /** Takes over what a predecessor parked. */
    void restore(DeviceId id, long offset, ParkedRecord parked) {
        add(new Entry(devices.of(id), offset, parked, true));
    }

    void messageRead(Event.MessageRead read) {
        long offset = read.offset();
        if (isKnown(offset, read.message().device())) {
            return;
        }
        Message message = read.message();
        ParkedRecord facts = facts(offset, read.appendedAtMs(), message);
        Device device = devices.of(message.device());
        if (message.ttlSeconds() == 0 && device.session() == null) {
            Ending ending = new Ending(Outcome.EXPIRED, "ttl 0 and the device is not connected");
            ledger.settleUnseen(device.id, facts, offset, ending);
            return;
        }
        makeRoom(device);
        Entry entry = new Entry(device, offset, facts, false);
        add(entry);
        watermark.add(entry);
        if (delivery.takeForSent(entry)) {
            return;
        }
        if (facts.expiresAtMs() <= now.ms()) {
            delivery.expire(entry);
            return;
        }
        entry.bodyAtHand(message);
        delivery.pump(device);
        if (entry.flight() == null) {
            entry.bodyAtHand(null); // the shell's cache keeps it, within its bound
        }
        if (device.session() == null) {
            ledger.parkSoon(entry);
        }
    }

    private boolean isKnown(long offset, DeviceId id) {
        watermark.readTo(offset + 1);
        if (watermark.isSettled(offset)) {
            return true;
        }
        Device device = devices.known(id);
        return device != null && device.inbox.containsKey(offset);
    }

    private void add(Entry entry) {
        entry.device.inbox.put(entry.offset, entry);
        expiry.add(entry);
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
                message.replayOf());
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

    /** At the cap the oldest message that is not in flight gives way to the newest. */
    private void makeRoom(Device device) {
        if (device.inbox.size() < settings.inboxMessagesMax() || device.isUncertain()) {
            return;
        }
        for (Entry entry : device.inbox.values()) {
            if (entry.flight() == null) {
                String detail = "the inbox was at its cap of " + settings.inboxMessagesMax();
                ledger.settle(entry, new Ending(Outcome.OVERFLOWED, detail));
                return;
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
        ledger.write(
                new Write.Reappend(
                        read.partition(), facts.id(), facts.acceptedAtMs(), read.message()));
        watermark.settled(read.offset());
    }
}
