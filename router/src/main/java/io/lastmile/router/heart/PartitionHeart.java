package io.lastmile.router.heart;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.MemberRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Decides where each message of one partition goes and what became of it: the state machine between
 * what is read (messages, the edges' events and answers) and what is commanded (sends,
 * transactions).
 *
 * <pre>
 *   MessageRead -> Intake    into the device's inbox, or ended there and then
 *                  Delivery  sent in offset order within the window, returned when a session ends
 *   EdgeEvent   -> EventLog  holds what cannot be understood yet
 *                  Reach     which session owns the device, take-over, edges that are gone
 *   acked       -> Ledger    settled: receipt, watermark; one transaction holds it all
 * </pre>
 *
 * <p>Long because every event, command and question of a partition passes here.
 *
 * <p>No I/O, clock or thread: its shell feeds it one event at a time (any thread, never two at
 * once) and carries out the commands in order. Whatever it commanded and did not see {@link
 * Event.Committed} may never have happened; its successor then comes to the same end from the log.
 */
public final class PartitionHeart {
    /** Devices whose messages expire or fall due in one tick; the rest wait for the next. */
    private static final int DUE_A_TICK_MAX = 1_000;

    private final int partition;
    private final Now now;
    private final HeartSettings settings;
    private final Consumer<Command> commands;
    private final Devices devices;
    private final Idempotency idempotency;
    private final Arrivals arrivals;
    private final Watermark watermark;
    private final Ledger ledger;
    private final Certainty certainty;
    private final Delivery delivery;
    private final Reach reach;
    private final Intake intake;
    private final EventLog events;
    private final CommitPace pace;
    private final Channels channels;
    private final SessionMembers sessionMembers;
    private final BroadcastLog broadcastLog;
    private final Broadcasts broadcasts;

    private long committedWatermark;
    private long committedEvents;
    private long closingWatermark;
    private long closingEvents;
    private boolean committing;
    private boolean handingOver;
    private boolean sliceIsDue;

    /**
     * An owner's heart, right after its claim.
     *
     * <p>Long because it is the list of all parts, in the order of their dependence.
     *
     * @param restored what the predecessor committed
     * @param nowMs the owner's now, and {@code monotonicMs} the clock of its durations, see {@link
     *     #timeIs}
     * @param commands carries out; called within {@link #on}
     */
    public PartitionHeart(
            int partition,
            HeartSettings settings,
            Restored restored,
            long nowMs,
            long monotonicMs,
            Consumer<Command> commands) {
        this.partition = partition;
        this.now = new Now(nowMs, monotonicMs);
        this.settings = settings;
        this.commands = commands;
        this.watermark = new Watermark(restored.positions(), now, settings.pace().parkAfterMs());
        this.devices =
                new Devices(partition, settings.inbox().windowMessages(), restored.devices());
        Loads loads = new Loads(settings.bodies().loadBytesMax());
        Terms terms = new Terms(partition, now, settings);
        this.ledger = new Ledger(terms, watermark, devices, loads);
        this.idempotency =
                new Idempotency(settings.keys().max(), settings.keys().windowMs(), ledger);
        ledger.whenCancelled(idempotency::free);
        this.arrivals = new Arrivals(restored.arrivals(), ledger);
        this.certainty =
                new Certainty(restored, watermark, monotonicMs + settings.waits().edgesMs());
        this.delivery = new Delivery(now, devices, ledger, loads, certainty, commands);
        Edges edges = restored.devices().edgesOfSessions();
        this.channels = restored.devices().channels();
        this.sessionMembers =
                new SessionMembers(devices, ledger, restored.positions().eventsPosition());
        this.broadcastLog =
                new BroadcastLog(terms, restored, channels, ledger, certainty, commands);
        this.broadcasts =
                new Broadcasts(
                        terms,
                        broadcastLog,
                        channels,
                        devices,
                        ledger,
                        delivery,
                        certainty,
                        commands);
        this.reach =
                new Reach(
                        terms,
                        edges,
                        devices,
                        ledger,
                        delivery,
                        certainty,
                        sessionMembers,
                        commands);
        this.intake =
                new Intake(
                        terms,
                        devices,
                        watermark,
                        ledger,
                        delivery,
                        certainty,
                        new Intake.Keys(idempotency, arrivals),
                        new Intake.Membership(channels, sessionMembers, broadcasts));
        this.events =
                new EventLog(
                        restored.positions().eventsPosition(),
                        watermark,
                        reach,
                        this::apply,
                        commands);
        this.committedWatermark = restored.positions().watermark();
        this.committedEvents = restored.positions().eventsPosition();
        this.pace = new CommitPace(partition, settings.pace().commitIntervalMs(), monotonicMs);
        restored.edges().forEach(reach::edgeUp);
        idempotency.restore(restored.idempotency());
        restoreChannels(restored);
        wakeRestless(restored.devices());
    }

    private void restoreChannels(Restored restored) {
        channels.restoreNumbers(restored.positions().broadcasts().memberNumbers(), now.ms());
        broadcasts.restore(restored.broadcasts());
        ledger.use(broadcasts);
        delivery.use(broadcasts);
        devices.use(broadcasts, this::left);
        restored.devices().restless().forEach(this::wakeMember);
    }

    /** What it was by sessions; whose session is over, leaves. */
    private void wakeMember(DeviceId id, MemberRecord record) {
        Device device = devices.wakeOrAdd(id);
        Member member = device.member();
        if (member == null) {
            return;
        }
        for (MemberRecord.Membership one : record.memberships()) {
            Channel channel = channels.of(one.channel());
            one.sources().forEach(source -> member.add(channel, source));
        }
        sessionMembers.changed(device);
    }

    private void left(Device device) {
        channels.end(device, now.ms());
        ledger.memberChanged(device);
    }

    /** Devices with something under way: at rest nobody would think of it. */
    private void wakeRestless(RestoredDevices restored) {
        restored.withEndings().forEach(devices::wake);
        restored.awaitedByDevice()
                .forEach((id, awaited) -> reach.restoreAwaited(devices.wakeOrAdd(id), awaited));
    }

    /**
     * Says the time before an event: what follows from its passing waits for the next tick.
     *
     * @param nowMs the owner's now, since the epoch: what stamps and expiry go by
     * @param monotonicMs of a clock that neither stands still nor leaps: what durations go by
     */
    public void timeIs(long nowMs, long monotonicMs) {
        now.advanceTo(nowMs, monotonicMs);
    }

    /** Takes in one event and commands what follows from it. */
    public void on(Event event) {
        take(event);
        delivery.goOnReading();
        broadcastLog.decide();
        if (certainty.comes(events.position())) {
            devices.forEachAwake(delivery::applyRemembered);
        }
        delivery.flush();
        if (broadcastLog.isHurried()) {
            commit();
        }
        if (!sliceIsDue && broadcasts.isSweeping()) {
            sliceIsDue = true;
            commands.accept(new Command.SliceSoon());
        }
    }

    /** Long because each event has its line. */
    private void take(Event event) {
        switch (event) {
            case Event.MessageRead read -> {
                intake.messageRead(read);
                events.release();
            }
            case Event.UnreadableRead read -> {
                intake.unreadable(read);
                events.release();
            }
            case Event.MisplacedRead read -> {
                intake.misplaced(read);
                events.release();
            }
            case Event.MessagesReadTo read -> {
                watermark.readTo(read.nextOffset());
                events.release();
            }
            case Event.EdgeEventRead read -> events.read(read);
            case Event.EventsReadTo read -> events.readTo(read.nextOffset());
            case Event.EdgeUp up -> {
                reach.edgeUp(up.edge());
                events.release();
            }
            case Event.EdgeGone gone -> {
                reach.edgeGone(gone, events.position());
                events.release();
            }
            case Event.NodesRead _ -> events.nodesRead();
            case Event.MessagesEnd(var end) -> events.messagesEnd(end);
            case Event.EdgeAnswered answer -> reach.edgeAnswered(answer, events.position());
            case Event.EdgeCutOff cutOff -> reach.edgeCutOff(cutOff.edge());
            case Event.EdgeStalled hop -> reach.edgeStalled(hop.edge(), hop.stalled());
            case Event.SessionNotHere notHere -> reach.notHere(notHere.session());
            case Event.BodyLoaded(var device, var offset, var message) -> {
                Device known = devices.touchAwake(device);
                if (known != null) {
                    delivery.bodyLoaded(known, offset, message);
                }
            }
            case Event.MarkRead read -> {
                intake.markRead(read);
                events.release();
            }
            case Event.BroadcastRead read -> broadcastLog.broadcastRead(read);
            case Event.BroadcastCancelled cancel -> broadcastLog.cancelled(cancel);
            case Event.BroadcastUnreadable read -> broadcastLog.unreadable(read);
            case Event.BroadcastsReadTo(var next) -> broadcastLog.readTo(next);
            case Event.BroadcastsEnd(var end) -> broadcastLog.endsAt(end);
            case Event.BroadcastLoaded(var offset, var message) ->
                    broadcasts.bodyLoaded(offset, message);
            case Event.JoinsEnd(var end) -> broadcastLog.joinsEnd(end);
            case Event.Slice _ -> {
                sliceIsDue = false;
                broadcasts.slice();
            }
            case Event.CopiesAckedRead read -> events.read(read);
            case Event.Committed _ -> committed();
            case Event.HandOver _ -> {
                handingOver = true;
                commit();
            }
            case Event.Tick _ -> tick();
        }
    }

    private void apply(Event.OfEdge event) {
        switch (event) {
            case Event.EdgeEventRead read -> apply(read);
            case Event.CopiesAckedRead(var _, var acked) -> {
                for (CopiesAckedRecord.Ack ack : acked.acks()) {
                    Device device = devices.wakeMember(channels.handle(ack.member()), true);
                    if (device != null) {
                        SessionId session = new SessionId(acked.edge(), ack.session());
                        delivery.acknowledged(
                                device,
                                new EventRecord.Acked(
                                        session, List.of(ack.ofMessage(acked.offset()))));
                    }
                }
            }
        }
    }

    private void apply(Event.EdgeEventRead read) {
        switch (read.event()) {
            case EventRecord.Opened opened -> reach.opened(read.offset(), read.device(), opened);
            case EventRecord.Acked acked -> {
                Device device = devices.wake(read.device());
                if (device != null) {
                    delivery.acknowledged(device, acked);
                }
            }
            case EventRecord.Ended ended -> reach.ended(read.device(), ended.session());
        }
    }

    private void tick() {
        certainty.tick(now.monotonicMs());
        devices.takeDue(now.ms(), DUE_A_TICK_MAX, delivery::lookAt);
        delivery.goOnLoading();
        broadcastLog.tick();
        broadcasts.tick();
        idempotency.forgetDue();
        reach.checkTakeOvers();
        if (pace.isDue(now.monotonicMs())) {
            commit();
        }
        devices.restQuiet(ledger::isHeld);
        events.tick(now.monotonicMs());
    }

    private void commit() {
        if (committing || isSettledDown()) {
            return;
        }
        committing = true;
        pace.began(now.monotonicMs());
        closingEvents = events.position();
        broadcastLog.committing();
        List<Write> writes = ledger.close(closingEvents, broadcastLog.read());
        closingWatermark = watermark.advance();
        commands.accept(new Command.Commit(writes));
    }

    private void committed() {
        committing = false;
        committedWatermark = closingWatermark;
        committedEvents = closingEvents;
        broadcastLog.committed();
        ledger.committed().forEach(delivery::pump);
        devices.restQuiet(ledger::isHeld);
        if (handingOver) {
            commit();
        }
    }

    /** Whether everything it knows is committed: it may be handed over without doing work again. */
    public boolean isSettledDown() {
        return !committing
                && ledger.isEmpty()
                && watermark.advance() == committedWatermark
                && events.position() == committedEvents;
    }

    /** Whether more messages may come; while false, the shell stops reading them. */
    public boolean wantsMessages() {
        return watermark.next() - committedWatermark < settings.pace().runAheadMessages();
    }

    /** Whether more broadcasts may come; while false, the shell stops reading them. */
    public boolean wantsBroadcasts() {
        return broadcastLog.isFlowing();
    }

    /** The next broadcast to be read. */
    public long broadcastsPosition() {
        return broadcastLog.position();
    }

    /** Whether more events may come; while false, the shell stops reading them. */
    public boolean wantsEvents() {
        return events.isFlowing();
    }

    /** The next offset of messages to be read. */
    public long messagesPosition() {
        return watermark.next();
    }

    /** The next offset of events to be applied. */
    public long eventsPosition() {
        return events.position();
    }

    /** The lowest offset that the last committed transaction left neither settled nor parked. */
    public long committedWatermark() {
        return committedWatermark;
    }

    /** What is known of a device that has a session or unsettled messages. */
    public Optional<DeviceView> device(DeviceId id) {
        return Optional.ofNullable(devices.look(id)).map(DeviceView::of);
    }

    /** The message's end, if it is decided and in no committed transaction yet. */
    public Optional<Write.Receipt> settling(MessageId id) {
        return Optional.ofNullable(ledger.settling(id));
    }

    /**
     * Whether a message with that first id has been read here, if it is for this partition at all.
     */
    public boolean hasRead(MessageId id) {
        return id.partition() == partition
                ? id.offset() < watermark.next()
                : arrivals.hasPassed(id);
    }

    /** The channels that have members here, and how many. */
    public Map<ChannelName, Integer> channels() {
        return channels.sizes();
    }

    /** The members of a channel with numbers above that one, at most so many. */
    public List<MemberView> members(ChannelName channel, int above, int most) {
        return page(channels.members(channel), above, most);
    }

    private List<MemberView> page(RoaringBitmap members, int above, int most) {
        List<MemberView> page = new ArrayList<>();
        PeekableIntIterator numbers = members.getIntIterator();
        numbers.advanceIfNeeded(above + 1);
        while (numbers.hasNext() && page.size() < most) {
            int number = numbers.next();
            page.add(new MemberView(number, devices.idAt(channels.handle(number))));
        }
        return page;
    }

    /** A broadcast that has had members here, if it is not too long ago. */
    public Optional<BroadcastView> broadcast(BroadcastId id) {
        return Optional.ofNullable(broadcasts.find(id)).map(BroadcastView::of);
    }

    /** Whether it is decided whom of this partition the broadcast is for. */
    public boolean hasCut(BroadcastId id) {
        return broadcastLog.hasCut(id);
    }

    /** The latest broadcasts that have had members here, latest first. */
    public List<BroadcastView> broadcasts(int most) {
        return broadcasts.latest(most).stream().map(BroadcastView::of).toList();
    }

    /**
     * Whom a broadcast is for: members with numbers above that one, at most so many.
     *
     * @param outcome that they have; null for those that have none
     */
    public List<MemberView> members(
            BroadcastId id, @Nullable Outcome outcome, int above, int most) {
        Broadcast broadcast = broadcasts.find(id);
        if (broadcast == null) {
            return List.of();
        }
        return page(outcome == null ? broadcast.waiting() : broadcast.ended(outcome), above, most);
    }

    /** How much there is. */
    public HeartFigures figures() {
        return devices.figures(reach.takeOversRunOut(), certainty.unansweredEdges());
    }
}
