package io.lastmile.router.owner;

import io.lastmile.router.heart.Command;
import io.lastmile.router.heart.DeviceView;
import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.HeartFigures;
import io.lastmile.router.heart.HeartSettings;
import io.lastmile.router.heart.PartitionHeart;
import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.heart.Write;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A partition that this router owns: its heart and its edges' answers, fed under one lock by
 * whichever thread has news, in the order in which it came; commands are carried out under the same
 * lock. Who only has news never waits: whoever holds the lock takes it in.
 *
 * <p>Long because all that a partition can be told and asked passes its lock.
 */
public final class OwnedPartition {
    private final int partition;
    private final long epoch;
    private final Positions start;
    private final LongSupplier nowMs;
    private final LongSupplier monotonicMs;
    private final OwnerWorld world;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settledDown = lock.newCondition();
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final QuietTicks ticks = new QuietTicks();
    private final EdgeAnswers answers = new EdgeAnswers();
    private final PartitionHeart heart;
    private volatile long messagesReadTo; // of the one thread that reads messages
    private volatile long eventsReadTo; // of the one thread that reads events
    private boolean feeding;
    private boolean dropped;

    /** Right after its claim. */
    public OwnedPartition(
            int partition,
            long epoch,
            HeartSettings settings,
            Restored restored,
            LongSupplier nowMs,
            LongSupplier monotonicMs,
            OwnerWorld world) {
        this.nowMs = nowMs;
        this.monotonicMs = monotonicMs;
        this.partition = partition;
        this.epoch = epoch;
        this.start = restored.positions();
        this.world = world;
        this.heart =
                new PartitionHeart(
                        partition,
                        settings,
                        restored,
                        nowMs.getAsLong(),
                        monotonicMs.getAsLong(),
                        this::commanded);
    }

    /** Its number. */
    public int partition() {
        return partition;
    }

    /** The offset of the claim. */
    public long epoch() {
        return epoch;
    }

    /** From where messages and events are to be read. */
    public Positions start() {
        return start;
    }

    private void commanded(Command command) {
        if (dropped) {
            return;
        }
        switch (command) {
            case Command.Send(var session, var offset, var id, var expiresInMs, var message) ->
                    world.send(
                            session.edge(),
                            new HopFrame.Deliver(
                                    partition,
                                    epoch,
                                    session.number(),
                                    offset,
                                    id,
                                    expiresInMs,
                                    message));
            case Command.SendCopies copies ->
                    world.send(
                            copies.edge(),
                            new HopFrame.Copies(
                                    partition,
                                    epoch,
                                    copies.offset(),
                                    copies.id(),
                                    copies.expiresInMs(),
                                    copies.audience(),
                                    copies.message(),
                                    copies.recipients()));
            case Command.LoadBroadcast(var offset, var id) -> world.load(this, offset, id);
            case Command.SliceSoon _ -> world.sliceSoon(this);
            case Command.AskJoinsEnd _ -> world.askJoinsEnd(this);
            case Command.CloseSession(var session, var reason) ->
                    world.send(
                            session.edge(),
                            new HopFrame.CloseSession(partition, epoch, session.number(), reason));
            case Command.Announce(var session) ->
                    world.send(
                            session.edge(),
                            new HopFrame.Announce(partition, epoch, session.number()));
            case Command.LoadBody(var device, var offset) -> world.load(this, device, offset);
            case Command.AskMessagesEnd(var acknowledged) ->
                    world.askMessagesEnd(this, acknowledged);
            case Command.ReadNodes _ -> world.readNodes(this);
            case Command.Commit(var writes) -> world.commit(this, writes);
        }
    }

    /** Tells the heart. From within a command it is told after the present event. */
    public void feed(Event event) {
        feed(List.of(event));
    }

    /** Tells the heart, one after the other, and waits until it is told. */
    public void feed(List<Event> events) {
        news.add(() -> happened(events));
        locked(() -> null);
    }

    /** Is told in its turn. Waits for nobody. */
    private void post(Runnable one) {
        news.add(one);
        takeIn();
    }

    /** A question, once all news is taken in. */
    private <T> T locked(Supplier<T> question) {
        lock.lock();
        try {
            takeInAll();
            return question.get();
        } finally {
            lock.unlock();
            takeIn();
        }
    }

    /** News that came while somebody else held the lock may have been left by that one. */
    private void takeIn() {
        while (!news.isEmpty() && !lock.isHeldByCurrentThread() && lock.tryLock()) {
            try {
                takeInAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void takeInAll() {
        if (feeding || news.isEmpty()) {
            return;
        }
        feeding = true;
        try {
            heart.timeIs(nowMs.getAsLong(), monotonicMs.getAsLong());
            for (Runnable next = news.poll(); next != null; next = news.poll()) {
                next.run();
            }
        } catch (Throwable e) { // what it was told is told nobody again: it is read anew
            lost(e instanceof RuntimeException bug ? bug : new IllegalStateException(e));
        } finally {
            feeding = false;
            world.flush();
        }
        if (dropped || heart.isSettledDown()) {
            settledDown.signalAll();
        }
    }

    private void happened(List<Event> events) {
        ticks.happened();
        for (Event event : events) {
            tell(event);
        }
    }

    private void tell(Event event) {
        if (!dropped) {
            heart.on(event);
        }
    }

    /** Time passes: the heart is told, unless nothing happens anyway. */
    public void tick() {
        locked(() -> {
            if (ticks.isTold()) {
                news.add(() -> tell(new Event.Tick()));
                takeInAll();
                ticks.told(heart.isSettledDown());
            }
            return null;
        });
    }

    /** Tells the heart where the reading of messages stands, if that is news. */
    public void feedMessagesReadTo(long position) {
        if (position > messagesReadTo) {
            messagesReadTo = position;
            feed(new Event.MessagesReadTo(position));
        }
    }

    /** Tells the heart where the reading of events stands, if that is news. */
    public void feedEventsReadTo(long position) {
        if (position > eventsReadTo) {
            eventsReadTo = position;
            feed(new Event.EventsReadTo(position));
        }
    }

    /** Nodes names the edge, or names it again. */
    public void edgeUp(Incarnation edge) {
        feed(new Event.EdgeUp(edge));
    }

    /** Nodes says that the edge is gone: the heart hears it with the end of its own events. */
    public void edgeGone(Incarnation edge) {
        post(() -> askEventsEnd(new EventsEnd.OfGone(edge)));
    }

    private void askEventsEnd(EventsEnd asked) {
        if (!dropped) {
            world.askEventsEnd(this, asked);
        }
    }

    /** Events end there, asked for as the world was told to. */
    public void eventsEnd(EventsEnd asked, long end) {
        post(() -> {
            switch (asked) {
                case EventsEnd.OfGone(var edge) -> happened(List.of(new Event.EdgeGone(edge, end)));
                case EventsEnd.OfAnswer answer -> {
                    if (answers.counts(answer)) {
                        happened(
                                List.of(
                                        new Event.EdgeAnswered(
                                                answer.edge(),
                                                answer.held(),
                                                answer.highestIssued(),
                                                end)));
                    }
                }
            }
        });
    }

    /** The hop is open: the edge is told who owns the partition, and asked what it holds. */
    void hopOpened(Incarnation edge) {
        post(() -> {
            if (!dropped) {
                world.send(edge, new HopFrame.Own(partition, epoch, answers.begin(edge)));
            }
        });
    }

    void hopCut(Incarnation edge) {
        post(() -> {
            answers.cut(edge);
            happened(List.of(new Event.EdgeCutOff(edge)));
        });
    }

    void hopStalled(Incarnation edge, boolean stalled) {
        post(() -> happened(List.of(new Event.EdgeStalled(edge, stalled))));
    }

    void answered(Incarnation edge, HopFrame.Sessions frame) {
        post(() -> {
            EventsEnd.OfAnswer answer = frame.epoch() == epoch ? answers.add(edge, frame) : null;
            if (answer != null) {
                askEventsEnd(answer);
            }
        });
    }

    void notHere(Incarnation edge, HopFrame.NotHere frame) {
        if (frame.epoch() == epoch) {
            SessionId session = new SessionId(edge, frame.session());
            post(() -> happened(List.of(new Event.SessionNotHere(session, frame.offset()))));
        }
    }

    /** Whether more messages may come. */
    public boolean wantsMessages() {
        return locked(heart::wantsMessages);
    }

    /** Whether more events may come. */
    public boolean wantsEvents() {
        return locked(heart::wantsEvents);
    }

    /** Whether more broadcasts may come. */
    public boolean wantsBroadcasts() {
        return locked(heart::wantsBroadcasts);
    }

    /** The next broadcast to be read. */
    public long broadcastsPosition() {
        return locked(heart::broadcastsPosition);
    }

    /** The lowest offset that the last transaction left neither settled nor parked. */
    public long committedWatermark() {
        return locked(heart::committedWatermark);
    }

    /** Where a message must have been read to for the heart to know of it. */
    public long messagesPosition() {
        return locked(heart::messagesPosition);
    }

    /** Whether everything that it knows is committed. */
    public boolean isSettledDown() {
        return locked(heart::isSettledDown);
    }

    /** What the heart knows of one message, all of it at one moment. */
    public MessageState message(DeviceId device, MessageId id) {
        return locked(() -> {
            Optional<DeviceView.MessageView> unsettled =
                    heart.device(device).flatMap(view -> view.unsettled(id));
            return new MessageState(unsettled, heart.settling(id), heart.hasRead(id));
        });
    }

    /**
     * What a heart knows of a message.
     *
     * @param unsettled as it waits, or is in flight
     * @param settling how it ends, where that is decided and not committed
     * @param isRead whether it has been read here; what is neither of the above has ended then
     */
    public record MessageState(
            Optional<DeviceView.MessageView> unsettled,
            Optional<Write.Receipt> settling,
            boolean isRead) {}

    /** What is known of a device. */
    public Optional<DeviceView> device(DeviceId device) {
        return locked(() -> heart.device(device));
    }

    /** Asks the heart something, once all news is taken in. */
    public <T> T ask(Function<PartitionHeart, T> question) {
        return locked(() -> question.apply(heart));
    }

    /** How much there is. */
    public HeartFigures figures() {
        return locked(heart::figures);
    }

    /** Commits what there is and waits for it, bounded; then it is dropped in any case. */
    public void handOver(long atMostNs) throws InterruptedException {
        feed(new Event.HandOver());
        lock.lock();
        try {
            long leftNs = atMostNs;
            while (!dropped && !heart.isSettledDown() && leftNs > 0) {
                leftNs = settledDown.awaitNanos(leftNs);
            }
            dropped = true;
        } finally {
            lock.unlock();
            takeIn();
        }
    }

    /** It cannot go on, and is claimed again. */
    public void lost(RuntimeException cause) {
        drop();
        world.broken(this, cause);
    }

    /** Does nothing more: another owns it, or will. */
    public void drop() {
        locked(() -> {
            dropped = true;
            settledDown.signalAll();
            return null;
        });
    }

    @Override
    public String toString() {
        return "partition " + partition + " epoch " + epoch;
    }
}
