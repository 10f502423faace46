package io.lastmile.router.heart;

import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.CheckpointRecord.BroadcastsRead;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.Receipts;
import java.util.ArrayDeque;
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
 * The broadcasts of the partition: from the broadcasts topic to a mark, from the mark to those that
 * are members there, and on until each of them has its outcome.
 *
 * <pre>
 *   BroadcastRead      a mark is to be appended, where anybody is in one of its channels
 *   MarkRead           the members now are the audience: cut, swept
 *   a device wakes     it is given an entry for each broadcast that it waits for
 *   BroadcastCancelled once no mark is on its way: the broadcast has an ending, swept
 * </pre>
 *
 * <p>Long because all of these go by the same positions, and each by the ones before it.
 */
final class Broadcasts implements Copies {
    /** How long a body is kept that nobody wants. */
    private static final long BODY_IDLE_MS = 2_000;

    /** Devices that are awake only because their copies ended in no committed transaction yet. */
    private static final int HELD_MAX = 5_000;

    private static final int UNDECIDED_MAX = 10_000;

    /** Every broadcast with members that waits costs a look whenever one of them wakes up. */
    private static final int OPEN_MAX = 1_000;

    private static final int SLICE_MIN = 64;

    /** States of {@link #joinsEnd}. */
    private static final long NOT_ASKED = -1;

    private static final long ASKED = -2;

    private static final Ending TTL = new Ending(Outcome.EXPIRED, "time to live ended");
    private static final Ending BODY_GONE = new Ending(Outcome.EXPIRED, "retention took the body");
    private static final Ending TOO_MANY =
            new Ending(Outcome.OVERFLOWED, "more than " + OPEN_MAX + " broadcasts wait");
    private static final Ending CANCELLED = new Ending(Outcome.CANCELLED, "");

    private final int partition;
    private final Now now;
    private final HeartSettings settings;
    private final Channels channels;
    private final Devices devices;
    private final Ledger ledger;
    private final Delivery delivery;
    private final Certainty certainty;
    private final Consumer<Command> commands;

    /** Those with members that wait, by the offset of the mark. */
    private final TreeMap<Long, Broadcast> openByOffset = new TreeMap<>();

    /** Those that are complete, oldest first, for questions. */
    private final TreeMap<Long, Broadcast> completeByOffset = new TreeMap<>();

    /** What waits for marks that are on their way. */
    private final ArrayDeque<Event> waitingForMarks = new ArrayDeque<>();

    /** Those that concern nobody whose joins have been read. */
    private final ArrayDeque<BroadcastFacts> undecided = new ArrayDeque<>();

    private final TreeMap<BroadcastId, BroadcastFacts> scheduled = new TreeMap<>();

    /** The latest kept one of a channel, which goes to whoever joins. */
    private final Map<ChannelName, Broadcast> keptByChannel = new HashMap<>();

    private long position;
    private long marks;
    private long cut;
    private boolean hurried;
    private long joinsEnd = NOT_ASKED;
    private long askedTo; // of those undecided, the ones that had been read when it was asked
    private long askedForMarks; // those below were committed when it was asked
    private long marksClosing;
    private long marksCommitted;

    Broadcasts(
            Terms terms,
            BroadcastsRead read,
            Channels channels,
            Devices devices,
            Ledger ledger,
            Delivery delivery,
            Certainty certainty,
            Consumer<Command> commands) {
        this.partition = terms.partition();
        this.now = terms.now();
        this.settings = terms.settings();
        this.position = read.position();
        this.marks = read.marks();
        this.cut = read.cut();
        this.marksClosing = read.marks();
        this.marksCommitted = read.marks();
        this.channels = channels;
        this.devices = devices;
        this.ledger = ledger;
        this.delivery = delivery;
        this.certainty = certainty;
        this.commands = commands;
    }

    /** What a predecessor committed. */
    void restore(RestoredBroadcasts restored) {
        scheduled.putAll(restored.scheduled());
        for (Broadcast broadcast : restored.all()) {
            keep(broadcast);
            endOrphans(broadcast);
            (broadcast.isComplete() ? completeByOffset : openByOffset)
                    .put(broadcast.offset, broadcast);
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

    /** How far broadcasts are read, for the checkpoint. */
    BroadcastsRead read() {
        long first = undecided.isEmpty() ? position : undecided.getFirst().id().offset();
        return new BroadcastsRead(first, marks, cut, channels.numbersEnd());
    }

    /** The next broadcast to be read. */
    long position() {
        return position;
    }

    /** Whether more broadcasts may come. */
    boolean isFlowing() {
        return waitingForMarks.isEmpty() && undecided.size() < UNDECIDED_MAX;
    }

    /** Whether a mark is to be appended: it is not to wait for a transaction's turn. */
    boolean isHurried() {
        return hurried;
    }

    void committing() {
        hurried = false;
        marksClosing = marks;
    }

    void committed() {
        marksCommitted = marksClosing;
    }

    // From the topic to the mark.

    void broadcastRead(Event.BroadcastRead read) {
        BroadcastFacts facts = read.facts();
        if (isNext(facts.id().offset(), read)) {
            if (facts.notBeforeMs() > now.ms()) {
                schedule(facts);
            } else if (facts.keep() || channels.concerns(facts.audience())) {
                markUndecided();
                mark(facts);
            } else {
                undecided.addLast(facts);
            }
        }
    }

    private void schedule(BroadcastFacts facts) {
        scheduled.put(facts.id(), facts);
        ledger.write(new Write.Schedule(facts.id(), facts));
    }

    private void unschedule(BroadcastId id) {
        if (scheduled.remove(id) != null) {
            ledger.write(new Write.Schedule(id, null));
        }
    }

    /** What was to wait is marked, whoever it concerns by now. */
    private void markDue() {
        for (BroadcastFacts facts : List.copyOf(scheduled.values())) {
            if (facts.notBeforeMs() <= now.ms()) {
                unschedule(facts.id());
                mark(facts);
            }
        }
    }

    /**
     * Those that concern nobody, as far as messages are read: a join that was confirmed before may
     * stand beyond. In order, a later one that concerns somebody takes them with it.
     */
    private void markUndecided() {
        undecided.forEach(this::mark);
        undecided.clear();
    }

    /** Where messages ended, asked for after {@link Command.AskJoinsEnd}. */
    void joinsEnd(long end) {
        joinsEnd = end < 0 ? NOT_ASKED : end; // asked again with the next tick
        decide();
    }

    /** Messages are read further: what concerns nobody up to there concerns nobody. */
    void decide() {
        if (joinsEnd == NOT_ASKED || joinsEnd == ASKED || !certainty.isRead(joinsEnd - 1)) {
            return;
        }
        joinsEnd = NOT_ASKED;
        if (askedForMarks > cut) {
            cut = askedForMarks; // Kafka has lost those that were not read
            goOnReading();
        }
        while (!undecided.isEmpty() && undecided.getFirst().id().offset() < askedTo) {
            if (channels.concerns(undecided.getFirst().audience())) {
                markUndecided();
            } else {
                undecided.removeFirst();
            }
        }
    }

    private void askJoinsEnd() {
        if (joinsEnd == NOT_ASKED && (!undecided.isEmpty() || !waitingForMarks.isEmpty())) {
            joinsEnd = ASKED;
            askedTo = position;
            askedForMarks = marksCommitted;
            commands.accept(new Command.AskJoinsEnd());
        }
    }

    /** Whether it is to be looked at now: not twice, and behind what waits. */
    private boolean isNext(long offset, Event event) {
        if (!waitingForMarks.isEmpty()) {
            waitingForMarks.addLast(event);
            return false;
        }
        boolean isNews = offset >= position;
        position = Math.max(position, offset + 1);
        return isNews;
    }

    private void mark(BroadcastFacts facts) {
        ledger.write(new Write.Mark(new MarkRecord(marks, MarkRecord.ALL, facts)));
        marks++;
        hurried = true;
    }

    void cancelled(Event.BroadcastCancelled cancel) {
        if (waitingForMarks.isEmpty()) {
            markUndecided();
        }
        if (!waitingForMarks.isEmpty() || cut < marks) {
            waitingForMarks.addLast(cancel); // its mark may be on its way
        } else if (isNext(cancel.offset(), cancel)) {
            unschedule(cancel.cancelled());
            openByOffset.values().stream()
                    .filter(open -> open.mark.facts().id().equals(cancel.cancelled()))
                    .forEach(open -> end(open, CANCELLED));
        }
    }

    void unreadable(Event.BroadcastUnreadable read) {
        if (isNext(read.offset(), read) && partition == 0) { // one for all
            ledger.write(new Write.Reject(read.offset(), read.reason(), read.rejected()));
        }
    }

    /** The log ends before the position: it has lost its end, or was deleted and made again. */
    void endsAt(long end) {
        if (position > end) {
            position = end;
            undecided.clear();
            waitingForMarks.clear();
        }
    }

    void readTo(long nextOffset) {
        if (waitingForMarks.isEmpty()) {
            position = Math.max(position, nextOffset);
        }
    }

    private void goOnReading() {
        while (!waitingForMarks.isEmpty()
                && !(waitingForMarks.getFirst() instanceof Event.BroadcastCancelled
                        && cut < marks)) {
            Event next = waitingForMarks.removeFirst();
            ArrayDeque<Event> behind = new ArrayDeque<>(waitingForMarks);
            waitingForMarks.clear();
            take(next);
            waitingForMarks.addAll(behind);
        }
    }

    private void take(Event next) {
        switch (next) {
            case Event.BroadcastRead read -> broadcastRead(read);
            case Event.BroadcastCancelled cancel -> cancelled(cancel);
            case Event.BroadcastUnreadable read -> unreadable(read);
            default -> throw new IllegalStateException("does not wait for marks: " + next);
        }
    }

    // From the mark on.

    /** The mark is read: its place among the device's messages is here. */
    void markRead(long offset, MarkRecord mark) {
        if (mark.number() < cut) {
            return; // a copy of one that was read
        }
        cut = mark.number() + 1;
        marks = Math.max(marks, cut);
        RoaringBitmap members = channels.members(mark);
        if (!members.isEmpty() || mark.facts().keep()) {
            open(offset, mark, members);
        }
        goOnReading();
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
        (broadcast.isComplete() ? completeByOffset : openByOffset).put(offset, broadcast);
        keep(broadcast);
        ledger.touched(broadcast);
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
            ledger.write(
                    new Write.Mark(
                            new MarkRecord(marks, device.memberNumber(), kept.mark.facts())));
            marks++;
            hurried = true;
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
        for (Broadcast broadcast : openByOffset.values()) {
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
        List<Broadcast> sweeping = openByOffset.values().stream().filter(this::canSweep).toList();
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
        askJoinsEnd();
        markDue();
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

    /** Whether it is decided whom of this partition the broadcast is for. */
    boolean hasCut(BroadcastId id) {
        return id.offset() < read().position() && cut == marks && !scheduled.containsKey(id);
    }

    /** The latest ones, latest first. */
    List<Broadcast> latest(int most) {
        TreeMap<Long, Broadcast> all = new TreeMap<>(completeByOffset);
        all.putAll(openByOffset);
        return all.descendingMap().values().stream().limit(most).toList();
    }
}
