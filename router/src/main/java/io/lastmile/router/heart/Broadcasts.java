package io.lastmile.router.heart;

import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.Receipts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The broadcasts of the partition, from their marks on until each member has its outcome.
 *
 * <pre>
 *   a mark is read     the members now are the audience: cut, swept
 *   a device wakes     it is given an entry for each broadcast that it waits for
 *   a device joins     what its channel keeps goes to it
 *   taken back, expired, replaced: the broadcast has an ending, swept
 * </pre>
 *
 * <p>Long because whoever changes who waits has to keep sweeps, bodies and the kept ones with it.
 */
final class Broadcasts implements Copies {
    /** How long a body is kept that nobody wants. */
    private static final long BODY_IDLE_MS = 2_000;

    /** Devices that are awake only because their copies ended in no committed transaction yet. */
    private static final int HELD_MAX = 5_000;

    /** Every broadcast with members that waits costs a look whenever one of them wakes up. */
    private static final int OPEN_MAX = 1_000;

    private static final int SLICE_MIN = 64;

    private static final Ending TTL = new Ending(Outcome.EXPIRED, "time to live ended");
    private static final Ending BODY_GONE = new Ending(Outcome.EXPIRED, "retention took the body");
    private static final Ending TOO_MANY =
            new Ending(Outcome.OVERFLOWED, "more than " + OPEN_MAX + " broadcasts wait");
    private static final Ending CANCELLED = new Ending(Outcome.CANCELLED, "");

    private final int partition;
    private final Now now;
    private final HeartSettings settings;
    private final BroadcastLog log;
    private final Channels channels;
    private final Devices devices;
    private final Ledger ledger;
    private final Delivery delivery;
    private final Certainty certainty;
    private final Consumer<Command> commands;

    /** Those with members that wait, by the offset of the mark. */
    private final TreeMap<Long, Broadcast> openByOffset = new TreeMap<>();

    /** Those of the open ones over which a sweep goes, or has just gone, by their marks. */
    private final TreeMap<Long, Broadcast> sweepingByOffset = new TreeMap<>();

    /** Those that are complete, oldest first, for questions. */
    private final TreeMap<Long, Broadcast> completeByOffset = new TreeMap<>();

    /** The latest kept one of a channel, which goes to whoever joins. */
    private final Map<ChannelName, Broadcast> keptByChannel = new HashMap<>();

    Broadcasts(
            Terms terms,
            BroadcastLog log,
            Channels channels,
            Devices devices,
            Ledger ledger,
            Delivery delivery,
            Certainty certainty,
            Consumer<Command> commands) {
        this.partition = terms.partition();
        this.now = terms.now();
        this.settings = terms.settings();
        this.log = log;
        this.channels = channels;
        this.devices = devices;
        this.ledger = ledger;
        this.delivery = delivery;
        this.certainty = certainty;
        this.commands = commands;
        log.whenCancelled(this::cancel);
    }

    /** What a predecessor committed. */
    void restore(RestoredBroadcasts restored) {
        for (Broadcast broadcast : restored.all()) {
            keep(broadcast);
            endOrphans(broadcast);
            add(broadcast);
        }
    }

    /** Whose record in members could not be read: nobody else can end what they wait for. */
    private void endOrphans(Broadcast broadcast) {
        for (int member : broadcast.waiting().toArray()) {
            if (channels.handle(member) == DeviceTable.NONE) {
                broadcast.settle(member, Outcome.REJECTED, now.ms());
                ledger.touched(broadcast);
            }
        }
    }

    /** The mark is read: its place among the device's messages is here. */
    void markRead(long offset, MarkRecord mark) {
        if (!log.markRead(mark)) {
            return; // a copy of one that was read
        }
        RoaringBitmap members = channels.members(mark);
        if (!members.isEmpty() || mark.facts().keep()) {
            open(offset, mark, members);
        }
        log.goOnReading();
    }

    private void cancel(BroadcastId id) {
        openByOffset.values().stream()
                .filter(open -> open.mark.facts().id().equals(id))
                .forEach(open -> end(open, CANCELLED));
    }

    private void open(long offset, MarkRecord mark, RoaringBitmap members) {
        makeRoom(mark.facts());
        BroadcastFacts facts = mark.facts();
        long routedAtMs = Math.max(now.ms(), facts.acceptedAtMs());
        ParkedRecord shared =
                Broadcast.facts(
                        new MessageId(partition, offset), mark, routedAtMs, expiresAtMs(facts));
        boolean each =
                facts.receipts() == Receipts.EACH
                        || (facts.receipts() == Receipts.AUTO
                                && members.getCardinality() <= settings.channels().eachMax());
        Broadcast broadcast = new Broadcast(partition, offset, mark, shared, each, members);
        add(broadcast);
        keep(broadcast);
        ledger.touched(broadcast);
    }

    private void add(Broadcast broadcast) {
        if (broadcast.isComplete()) {
            completeByOffset.put(broadcast.offset, broadcast);
        } else {
            openByOffset.put(broadcast.offset, broadcast);
            sweepingByOffset.put(broadcast.offset, broadcast);
        }
    }

    /** The latest kept one of a channel goes to whoever joins it. */
    private void keep(Broadcast broadcast) {
        BroadcastFacts facts = broadcast.mark.facts();
        if (facts.keep()
                && broadcast.mark.member() == MarkRecord.ALL
                && facts.audience().root() instanceof Audience.In(var channel)) {
            keptByChannel.put(channel, broadcast);
        }
    }

    /**
     * The device has joined a channel. What that keeps goes to it once: in the place that it has,
     * unless the device's session was given something behind that; then it gets another.
     */
    void joined(Device device, ChannelName channel) {
        Broadcast kept = keptByChannel.get(channel);
        if (kept == null
                || kept.ending() != null
                || kept.facts.expiresAtMs() <= now.ms()
                || kept.isFor(device.memberNumber())) {
            return;
        }
        if (device.highestSent() >= kept.offset) {
            log.mark(kept.mark.facts(), device.memberNumber());
            return;
        }
        completeByOffset.remove(kept.offset);
        openByOffset.put(kept.offset, kept);
        kept.add(device.memberNumber());
        ledger.touched(kept);
        ledger.holdUntilCommitted(device); // read once more, the place must be the same
        device.copiesTo(-1);
        give(device);
        delivery.pump(device);
    }

    private long expiresAtMs(BroadcastFacts facts) {
        long ttlSeconds = facts.ttlSeconds();
        if (ttlSeconds == 0) {
            return now.ms() + settings.ttl().graceMs();
        }
        return ttlSeconds == Message.ABSENT
                ? Math.max(facts.acceptedAtMs(), facts.notBeforeMs()) + settings.ttl().defaultMs()
                : facts.acceptedAtMs() + Math.min(ttlSeconds * 1_000, settings.ttl().maxMs());
    }

    /** A later one of the same audience replaces those with its collapse key; so many may wait. */
    private void makeRoom(BroadcastFacts by) {
        List<Broadcast> before = new ArrayList<>();
        for (Broadcast open : openByOffset.values()) {
            if (open.ending() == null
                    && open.mark.facts().audience().root().equals(by.audience().root())) {
                before.add(open);
            }
        }
        String key = by.collapseKey();
        for (Broadcast open : before) {
            if (key != null && key.equals(open.mark.facts().collapseKey())) {
                end(open, new Ending(Outcome.REPLACED, "by " + by.id()));
            }
        }
        before.removeIf(open -> open.ending() != null);
        if (openByOffset.size() >= OPEN_MAX) {
            openByOffset.values().stream()
                    .filter(open -> open.ending() == null)
                    .findFirst()
                    .ifPresent(open -> end(open, TOO_MANY));
        }
        int most = settings.channels().waitingMax();
        for (int i = 0; i <= before.size() - most; i++) {
            end(
                    before.get(i),
                    new Ending(Outcome.OVERFLOWED, "more than " + most + " of its audience wait"));
        }
    }

    private void end(Broadcast broadcast, Ending how) {
        broadcast.end(how);
        sweepingByOffset.put(broadcast.offset, broadcast);
        ledger.touched(broadcast);
    }

    // Devices.

    @Override
    public void give(Device device) {
        Member member = device.member();
        if (member == null || openByOffset.isEmpty()) {
            return;
        }
        for (Broadcast broadcast : openByOffset.tailMap(device.copiesTo(), false).values()) {
            if (broadcast.isWaiting(member.number) && !device.inbox.containsKey(broadcast.offset)) {
                Entry copy = Entry.copy(device, broadcast);
                devices.add(copy);
                boolean _ = delivery.takeForSent(copy);
            }
        }
        device.copiesTo(openByOffset.lastKey());
    }

    @Override
    public void show(Device copyOfDevice) {
        Member member = copyOfDevice.member();
        for (Broadcast broadcast : openByOffset.values()) {
            if (member != null && broadcast.isWaiting(member.number)) {
                copyOfDevice.inbox.put(broadcast.offset, Entry.copy(copyOfDevice, broadcast));
            }
        }
    }

    @Override
    public boolean waitsFor(int member) {
        for (Broadcast broadcast : openByOffset.values()) {
            if (broadcast.isWaiting(member)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void settled(Entry copy, Broadcast broadcast, Outcome outcome) {
        Member member = copy.device.member();
        if (member == null) {
            throw new IllegalStateException(copy + " is of no member");
        }
        broadcast.settle(member.number, outcome, now.ms());
        ledger.touched(broadcast);
        if (broadcast.isComplete()) {
            openByOffset.remove(broadcast.offset);
            sweepingByOffset.remove(broadcast.offset);
            completeByOffset.put(broadcast.offset, broadcast);
            forgetOldest();
        }
    }

    /** What is kept for those that join later stays until its time to live ends. */
    private void forgetOldest() {
        Iterator<Broadcast> oldest = completeByOffset.values().iterator();
        while (completeByOffset.size() > settings.channels().historyMax() && oldest.hasNext()) {
            Broadcast broadcast = oldest.next();
            if (!keptByChannel.containsValue(broadcast)) {
                oldest.remove();
                ledger.forgotten(broadcast);
            }
        }
    }

    // Sweeps and bodies.

    /** Whether a sweep can go on now. */
    boolean isSweeping() {
        for (Broadcast broadcast : sweepingByOffset.values()) {
            if (canSweep(broadcast)) {
                return true;
            }
        }
        return false;
    }

    private boolean canSweep(Broadcast broadcast) {
        if (!broadcast.isSweeping(now.ms()) || !certainty.isRead(broadcast.offset)) {
            return false;
        }
        if (broadcast.ending() != null) {
            return certainty.isComplete() && ledger.heldDevices() < HELD_MAX;
        }
        return broadcast.body(now.monotonicMs()) != null || load(broadcast);
    }

    /** Asks for the body where it is not on its way; never says that it is here. */
    private boolean load(Broadcast broadcast) {
        if (broadcast.beginLoading()) {
            commands.accept(
                    new Command.LoadBroadcast(broadcast.offset, broadcast.mark.facts().id()));
        }
        return false;
    }

    /** The next of those that a sweep comes to; each device's messages go in order as ever. */
    void slice() {
        sweepingByOffset.values().removeIf(Broadcast::isSwept);
        List<Broadcast> sweeping =
                sweepingByOffset.values().stream().filter(this::canSweep).toList();
        int most = settings.channels().sliceMembers() / Math.max(1, sweeping.size());
        for (Broadcast broadcast : sweeping) {
            int left = Math.max(SLICE_MIN, most);
            while (left-- > 0 && canSweep(broadcast)) {
                int member = broadcast.nextToSweep();
                if (member < 0) {
                    break;
                }
                visit(broadcast, member);
            }
        }
    }

    private void visit(Broadcast broadcast, int member) {
        boolean ends = broadcast.ending() != null;
        Device device = devices.wakeMember(channels.handle(member), ends);
        if (device == null) {
            return; // it is away, and at rest
        }
        Ending ending = broadcast.ending();
        Entry copy = device.inbox.get(broadcast.offset);
        if (ending != null && copy != null) {
            delivery.end(copy, ending);
        }
        delivery.pump(device);
    }

    @Override
    public void awaitBody(Broadcast broadcast, Device device) {
        broadcast.joinLine(device);
        boolean _ = load(broadcast);
    }

    void bodyLoaded(long offset, @Nullable Message message) {
        Broadcast broadcast = openByOffset.get(offset);
        if (broadcast == null) {
            return;
        }
        if (message == null) {
            broadcast.notLoaded();
            end(broadcast, BODY_GONE);
        } else {
            broadcast.loaded(message, now.monotonicMs());
        }
        for (Device device : broadcast.leaveLine()) {
            if (devices.touchAwake(device.id) == device) {
                delivery.pump(device);
            }
        }
    }

    /** Time passes: what has come to the end of its time to live ends. */
    void tick() {
        for (Broadcast broadcast : openByOffset.values()) {
            if (broadcast.ending() == null && broadcast.facts.expiresAtMs() <= now.ms()) {
                end(broadcast, TTL);
            }
            boolean _ = broadcast.holdsBody(now.monotonicMs(), BODY_IDLE_MS);
        }
        keptByChannel
                .values()
                .removeIf(kept -> kept.ending() != null || kept.facts.expiresAtMs() <= now.ms());
    }

    // Questions.

    /** The broadcast, by its id, as its latest mark has it. */
    @Nullable Broadcast find(BroadcastId id) {
        for (TreeMap<Long, Broadcast> some : List.of(openByOffset, completeByOffset)) {
            for (Broadcast broadcast : some.descendingMap().values()) {
                if (broadcast.mark.facts().id().equals(id)) {
                    return broadcast;
                }
            }
        }
        return null;
    }

    /** The latest ones, latest first. */
    List<Broadcast> latest(int most) {
        TreeMap<Long, Broadcast> all = new TreeMap<>(completeByOffset);
        all.putAll(openByOffset);
        return all.descendingMap().values().stream().limit(most).toList();
    }
}
