package io.lastmile.router.kafka;

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
import io.lastmile.wire.MessageId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A partition that this router owns: its heart, fed under one lock by whichever thread has news,
 * and the commands carried out in order under the same lock. Nothing here waits for anything.
 */
final class OwnedPartition {
    private final int partition;
    private final long epoch;
    private final Positions start;
    private final LongSupplier nowMs;
    private final LongSupplier monotonicMs;
    private final Commands commands;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settledDown = lock.newCondition();
    private final ArrayDeque<Event> news = new ArrayDeque<>();
    private final QuietTicks ticks = new QuietTicks();
    private final PartitionHeart heart;
    private volatile long messagesReadTo; // of the one thread that reads messages
    private volatile long eventsReadTo; // of the one thread that reads events
    private boolean feeding;
    private boolean dropped;

    /** Carries out what a heart commands. Called under the partition's lock: must not block. */
    interface Commands {
        void carryOut(OwnedPartition from, Command command);

        /** The heart has been told everything for now: what was gathered goes out. */
        void flush();

        /** The heart broke a rule of its own: its state is worth nothing, the log's is. */
        void broken(OwnedPartition from, RuntimeException bug);
    }

    OwnedPartition(
            int partition,
            long epoch,
            HeartSettings settings,
            Restored restored,
            LongSupplier nowMs,
            LongSupplier monotonicMs,
            Commands commands) {
        this.nowMs = nowMs;
        this.monotonicMs = monotonicMs;
        this.partition = partition;
        this.epoch = epoch;
        this.start = restored.positions();
        this.commands = commands;
        this.heart =
                new PartitionHeart(
                        partition,
                        settings,
                        restored,
                        nowMs.getAsLong(),
                        monotonicMs.getAsLong(),
                        command -> commanded(command));
    }

    int partition() {
        return partition;
    }

    long epoch() {
        return epoch;
    }

    /** From where messages and events are to be read. */
    Positions start() {
        return start;
    }

    private void commanded(Command command) {
        if (!dropped) {
            commands.carryOut(this, command);
        }
    }

    /** Tells the heart. From within a command it is told after the present event. */
    void feed(Event event) {
        feed(List.of(event));
    }

    /** Tells the heart, one after the other. */
    void feed(List<Event> events) {
        lock.lock();
        try {
            ticks.happened();
            news.addAll(events);
            if (feeding) {
                return;
            }
            feeding = true;
            try {
                heart.timeIs(nowMs.getAsLong(), monotonicMs.getAsLong());
                for (Event next = news.poll(); next != null && !dropped; next = news.poll()) {
                    heart.on(next);
                }
            } catch (Throwable e) { // what it was told is told nobody again: it is read anew
                commands.broken(
                        this,
                        e instanceof RuntimeException bug ? bug : new IllegalStateException(e));
            } finally {
                feeding = false;
                commands.flush();
            }
            if (heart.isSettledDown()) {
                settledDown.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Time passes: the heart is told, unless nothing happens anyway. */
    void tick() {
        lock.lock();
        try {
            if (ticks.isTold()) {
                feed(new Event.Tick());
                ticks.told(heart.isSettledDown());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tells the heart where the reading of messages stands, if that is news. */
    void feedMessagesReadTo(long position) {
        if (position > messagesReadTo) {
            messagesReadTo = position;
            feed(new Event.MessagesReadTo(position));
        }
    }

    /** Tells the heart where the reading of events stands, if that is news. */
    void feedEventsReadTo(long position) {
        if (position > eventsReadTo) {
            eventsReadTo = position;
            feed(new Event.EventsReadTo(position));
        }
    }

    boolean wantsMessages() {
        lock.lock();
        try {
            return heart.wantsMessages();
        } finally {
            lock.unlock();
        }
    }

    boolean wantsEvents() {
        lock.lock();
        try {
            return heart.wantsEvents();
        } finally {
            lock.unlock();
        }
    }

    long committedWatermark() {
        lock.lock();
        try {
            return heart.committedWatermark();
        } finally {
            lock.unlock();
        }
    }

    /** Where a message must have been read to for the heart to know of it. */
    long messagesPosition() {
        lock.lock();
        try {
            return heart.messagesPosition();
        } finally {
            lock.unlock();
        }
    }

    /** What the heart knows of one message, all of it at one moment. */
    MessageState message(DeviceId device, MessageId id) {
        lock.lock();
        try {
            Optional<DeviceView.MessageView> unsettled =
                    heart.device(device).flatMap(view -> view.unsettled(id));
            return new MessageState(unsettled, heart.settling(id), heart.hasRead(id));
        } finally {
            lock.unlock();
        }
    }

    /**
     * What a heart knows of a message.
     *
     * @param unsettled as it waits, or is in flight
     * @param settling how it ends, where that is decided and not committed
     * @param isRead whether it has been read here; what is neither of the above has ended then
     */
    record MessageState(
            Optional<DeviceView.MessageView> unsettled,
            Optional<Write.Receipt> settling,
            boolean isRead) {}

    Optional<DeviceView> device(DeviceId device) {
        lock.lock();
        try {
            return heart.device(device);
        } finally {
            lock.unlock();
        }
    }

    HeartFigures figures() {
        lock.lock();
        try {
            return heart.figures();
        } finally {
            lock.unlock();
        }
    }

    /** Commits what there is and waits for it, bounded; then it is dropped in any case. */
    void handOver(Duration atMost) throws InterruptedException {
        feed(new Event.HandOver());
        lock.lock();
        try {
            long leftNs = atMost.toNanos();
            while (!dropped && !heart.isSettledDown() && leftNs > 0) {
                leftNs = settledDown.awaitNanos(leftNs);
            }
            dropped = true;
        } finally {
            lock.unlock();
        }
    }

    /** What it has to read is not there any more: it is dropped, and claimed again. */
    void lost(RuntimeException cause) {
        commands.broken(this, cause);
    }

    /** Does nothing more: another owns it, or will. Says whether it was still owned. */
    boolean drop() {
        lock.lock();
        try {
            boolean first = !dropped;
            dropped = true;
            settledDown.signalAll();
            return first;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "partition " + partition + " epoch " + epoch;
    }
}
