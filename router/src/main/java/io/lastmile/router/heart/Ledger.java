package io.lastmile.router.heart;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.CheckpointRecord.BroadcastsRead;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The books of the partition: settles messages, parks them, and gathers what the next transaction
 * writes. Everything gathered is in one transaction with the positions that it leads to.
 */
final class Ledger {
    private final int partition;
    private final Now now;
    private final Watermark watermark;
    private final Devices devices;
    private final Loads loads;
    private final Set<Device> presenceChanged = new LinkedHashSet<>();
    private final List<Entry> toPark = new ArrayList<>();
    private Set<Device> held = new LinkedHashSet<>();
    private List<Write> writes = new ArrayList<>();
    private List<Write> closed = List.of();
    private final Set<Broadcast> touchedBroadcasts = new LinkedHashSet<>();
    private final Set<Device> memberChanged = new LinkedHashSet<>();
    private final List<Broadcast> forgottenBroadcasts = new ArrayList<>();
    private Consumer<MessageId> cancelled = _ -> {};
    private @Nullable Copies copies;
    private long number = 1;
    private long committed;

    Ledger(Terms terms, Watermark watermark, Devices devices, Loads loads) {
        this.partition = terms.partition();
        this.now = terms.now();
        this.watermark = watermark;
        this.devices = devices;
        this.loads = loads;
    }

    /** Who hears of each message that ends as cancelled. */
    void whenCancelled(Consumer<MessageId> action) {
        cancelled = action;
    }

    /** Who hears of each copy that has its outcome. */
    void use(Copies all) {
        copies = all;
    }

    void write(Write write) {
        writes.add(write);
    }

    /** Settles as the device's acknowledgement says, or the edge that did not send it. */
    void settle(Entry entry, SessionId session, EventRecord.Ack ack) {
        Outcome outcome = ack.refused() ? Outcome.REJECTED : Outcome.DELIVERED;
        Ending ending = new Ending(outcome, detail(ack));
        int sends = Math.max(1, entry.sends());
        settle(entry, receipt(entry, ending, session, ack, sends));
    }

    private static String detail(EventRecord.Ack ack) {
        if (ack.notSent()) {
            return "not sent: longer than the device's Maximum Packet Size";
        }
        return ack.refused() ? "refused by the device" : "";
    }

    /** Settles as the owner decided. */
    void settle(Entry entry, Ending ending) {
        if (ending.outcome() == Outcome.CANCELLED && !entry.isCopy()) {
            cancelled.accept(entry.facts.id());
        }
        settle(entry, receipt(entry, ending, null, null, entry.sends()));
        holdUntilCommitted(entry.device);
    }

    /**
     * The device is sent nothing before the next transaction is committed, as where a message of it
     * has ended by itself: a successor must not take that for sent because a later one was, see
     * {@link Delivery}.
     */
    void holdUntilCommitted(Device device) {
        device.holdUntilCommit(number);
        hold(device);
    }

    /** Whether the device is sent nothing until a transaction that concerns it is committed. */
    boolean isHeld(Device device) {
        return device.heldUntilCommit() > committed;
    }

    /** The device waits for a transaction to be committed. */
    void hold(Device device) {
        held.add(device);
    }

    /** Ends a message that never came into its device's inbox. */
    void settleUnseen(Device device, ParkedRecord facts, long offset, Ending ending) {
        settleElsewhere(device.id, facts, offset, ending);
        holdUntilCommitted(device);
    }

    /** Ends a message of a device that another partition has. */
    void settleElsewhere(DeviceId device, ParkedRecord facts, long offset, Ending ending) {
        write(new Write.Receipt(device, receipt(facts, offset, ending, null, null, 0, null)));
        watermark.settled(offset);
    }

    /**
     * A message whose time has come goes on under another offset, behind what was sent meanwhile.
     * The inbox has it under the old one until the record with the new one is read: so it is known
     * all the time, can be taken back, and whatever else says to be it is none of an owner's.
     */
    void appendAgain(Entry entry, Message body) {
        ParkedRecord facts = entry.facts;
        write(new Write.Reappend(partition, facts.id(), facts.acceptedAtMs(), body.due()));
        loads.end(entry);
        entry.appendAgain();
        parkAgain(entry);
    }

    /**
     * The record that was appended again is read, and stands for the message from now on. It is
     * parked, or settled, in the transaction that takes the old one out: read once more, nothing
     * would tell that it was expected.
     */
    void goesOn(Entry before, Entry after) {
        remove(before);
        parkSoon(after);
    }

    private void settle(Entry entry, ReceiptRecord receipt) {
        Broadcast broadcast = entry.broadcast;
        if (broadcast == null || broadcast.each) {
            write(new Write.Receipt(entry.device.id, receipt));
        }
        remove(entry);
        if (broadcast != null && copies != null) {
            copies.settled(entry, broadcast, receipt.outcome());
        }
    }

    private void remove(Entry entry) {
        if (entry.isParked() && !entry.isCopy()) {
            write(new Write.Unpark(entry.device.id, entry.offset));
        }
        loads.end(entry);
        entry.settle();
        devices.remove(entry);
        if (!entry.isCopy()) {
            watermark.settled(entry.offset);
        }
    }

    private ReceiptRecord receipt(
            Entry entry,
            Ending ending,
            @Nullable SessionId session,
            EventRecord.@Nullable Ack ack,
            int sends) {
        BroadcastId of = entry.broadcast == null ? null : entry.broadcast.mark.facts().id();
        return receipt(entry.facts, entry.offset, ending, session, ack, sends, of);
    }

    /**
     * The receipt of a message.
     *
     * @param session that acknowledged it, null where its owner ended it
     */
    private ReceiptRecord receipt(
            ParkedRecord facts,
            long offset,
            Ending ending,
            @Nullable SessionId session,
            EventRecord.@Nullable Ack ack,
            int sends,
            @Nullable BroadcastId broadcast) {
        // Times of several machines: within a receipt they never fall.
        long settledAtMs = Math.max(now.ms(), facts.routedAtMs());
        long sent = ReceiptRecord.NEVER;
        long acknowledged = ReceiptRecord.NEVER;
        if (ack != null && !ack.notSent()) {
            sent = within(facts.routedAtMs(), ack.sentAtMs(), settledAtMs);
            long fromMs = Math.max(facts.routedAtMs(), sent);
            acknowledged = within(fromMs, ack.acknowledgedAtMs(), settledAtMs);
        }
        return new ReceiptRecord(
                facts.id(),
                offset,
                ending.outcome(),
                session,
                facts.acceptedAtMs(),
                facts.routedAtMs(),
                sent,
                acknowledged,
                settledAtMs,
                sends,
                ack == null ? Proof.NONE : ack.proof(),
                ack == null ? 0 : ack.reasonCode(),
                ending.detail(),
                facts.replayOf(),
                broadcast);
    }

    private static long within(long fromMs, long timeMs, long toMs) {
        return timeMs == ReceiptRecord.NEVER ? timeMs : Math.clamp(timeMs, fromMs, toMs);
    }

    /** The message goes into the durable inbox with the next transaction, unless settled before. */
    void parkSoon(Entry entry) {
        if (!entry.isParked()) {
            toPark.add(entry);
        }
    }

    /** What the durable inbox knows of the message has changed. */
    void parkAgain(Entry entry) {
        if (entry.isCopy()) {
            return; // its ending is its broadcast's, and known to all
        }
        if (entry.isParked()) {
            write(new Write.Park(entry.device.id, entry.offset, entry.parkedRecord()));
        } else {
            toPark.add(entry);
        }
    }

    /** The device's record in presence is to be written. */
    void presenceChanged(Device device) {
        device.presenceDue();
        presenceChanged.add(device);
    }

    /** The broadcast's state is to be written. */
    void touched(Broadcast broadcast) {
        touchedBroadcasts.add(broadcast);
    }

    /** What was written of the broadcast is to be taken back. */
    void forgotten(Broadcast broadcast) {
        forgottenBroadcasts.add(broadcast);
    }

    /** The device's record in members is to be written. */
    void memberChanged(Device device) {
        device.memberDue(true);
        memberChanged.add(device);
    }

    /** How many devices wait for a transaction. */
    int heldDevices() {
        return held.size();
    }

    /** Whether a transaction would have nothing to say but positions. */
    boolean isEmpty() {
        return writes.isEmpty()
                && presenceChanged.isEmpty()
                && toPark.isEmpty()
                && memberChanged.isEmpty()
                && touchedBroadcasts.isEmpty()
                && forgottenBroadcasts.isEmpty()
                && !watermark.isHeldTooLong();
    }

    /** Everything gathered, with the positions; the next transaction begins. */
    List<Write> close(long eventsPosition, BroadcastsRead broadcasts) {
        toPark.forEach(this::park);
        toPark.clear();
        watermark.forEachHeldTooLong(this::park);
        presenceChanged.forEach(this::publish);
        presenceChanged.clear();
        memberChanged.forEach(this::publishMember);
        memberChanged.clear();
        touchedBroadcasts.forEach(broadcast -> broadcast.write(writes, now.ms()));
        touchedBroadcasts.clear();
        forgottenBroadcasts.forEach(broadcast -> broadcast.writeForgotten(writes));
        forgottenBroadcasts.clear();
        long lowest = watermark.advance();
        writes.add(
                new Write.Checkpoint(
                        new Positions(
                                lowest, eventsPosition, broadcasts, watermark.settledAbove())));
        closed = writes;
        writes = new ArrayList<>();
        number++;
        return closed;
    }

    /**
     * The transaction that was closed last is committed: says who waited for one. Those that wait
     * for the next go on waiting: nobody else would look at them when that is committed.
     */
    Set<Device> committed() {
        committed = number - 1;
        closed = List.of();
        Set<Device> released = held;
        held = new LinkedHashSet<>();
        for (Device device : released) {
            devices.touched(device);
            if (isHeld(device)) {
                hold(device);
            }
        }
        return released;
    }

    /** How a message ends that is decided, and not committed yet. A look at all of them. */
    Write.@Nullable Receipt settling(MessageId id) {
        for (List<Write> some : List.of(closed, writes)) {
            for (Write write : some) {
                if (write instanceof Write.Receipt receipt && receipt.receipt().id().equals(id)) {
                    return receipt;
                }
            }
        }
        return null;
    }

    private void park(Entry entry) {
        if (entry.isSettled() || entry.isParked()) {
            return;
        }
        writes.add(new Write.Park(entry.device.id, entry.offset, entry.parkedRecord()));
        entry.park();
        devices.touched(entry.device);
    }

    private void publishMember(Device device) {
        devices.touched(device);
        device.memberDue(false);
        Member member = device.member();
        writes.add(new Write.Membership(device.id, member == null ? null : member.record()));
    }

    private void publish(Device device) {
        devices.touched(device);
        PresenceRecord presence = device.presence();
        if (presence != null) {
            writes.add(new Write.Online(device.id, presence));
        } else if (device.isPublished()) {
            writes.add(new Write.Offline(device.id));
        }
        device.presenceWritten(presence != null);
    }
}
