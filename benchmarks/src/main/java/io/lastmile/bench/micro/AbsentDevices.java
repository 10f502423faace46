package io.lastmile.bench.micro;

import io.lastmile.router.heart.Command;
import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.HeartSettings;
import io.lastmile.router.heart.PartitionHeart;
import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.heart.RestoredBroadcasts;
import io.lastmile.router.heart.RestoredDevices;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.CheckpointRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A heart whose devices are all away, each with a parked message and an alarm for the end of its
 * time to live. A message comes in each millisecond and one expires, so that there are always as
 * many.
 */
@State(Scope.Thread)
public class AbsentDevices {
    private static final int BATCH = 250; // of a commit interval, one a millisecond

    /** Devices whose message has just expired and is not committed yet. */
    private static final int SPARE = 1_000;

    @Param({"1000", "1000000"})
    private int parked;

    private Message[] messages;
    private PartitionHeart heart;
    private boolean committing;
    private int next;
    private long nowMs = Typical.NOW_MS;
    private long messageOffset;

    /** Messages come in until the first of them expires. */
    @Setup
    public void park() {
        messages = new Message[parked + SPARE];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = shortLived(Typical.device(i));
        }
        heart =
                new PartitionHeart(
                        0,
                        HeartSettings.defaults(),
                        new Restored(
                                new Positions(
                                        0,
                                        0,
                                        CheckpointRecord.BroadcastsRead.FROM_START,
                                        new long[0]),
                                0,
                                new RestoredDevices(0),
                                Map.of(),
                                Map.of(),
                                new RestoredBroadcasts(0),
                                Set.of(Typical.EDGE)),
                        nowMs,
                        nowMs,
                        this::carryOut);
        heart.on(new Event.EdgeAnswered(Typical.EDGE, List.of(), 0, 0));
        for (int i = 0; i < parked; i += BATCH) {
            var _ = parkAndExpire();
        }
        if (heart.figures().unsettled() < parked - BATCH) {
            throw new IllegalStateException("too few are parked: " + heart.figures());
        }
    }

    private Message shortLived(DeviceId device) {
        return new Message(
                device,
                Typical.PAYLOAD,
                null,
                parked / 1_000, // one a millisecond
                null,
                Urgency.NORMAL,
                null,
                Message.ABSENT,
                null,
                null,
                Message.ABSENT,
                null,
                null,
                List.of());
    }

    private void carryOut(Command command) {
        if (!(command instanceof Command.Commit)) {
            throw new IllegalStateException("nothing else was asked for: " + command);
        }
        committing = true;
    }

    /**
     * A message is read, parked and committed, and another one's time to live ends: alarm, receipt,
     * committed. 250 of each in a transaction.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public PartitionHeart parkAndExpire() {
        for (int i = 0; i < BATCH; i++) {
            next = next + 1 == messages.length ? 0 : next + 1;
            nowMs++;
            heart.on(new Event.MessageRead(messageOffset++, nowMs, messages[next]));
        }
        heart.timeIs(nowMs, nowMs);
        heart.on(new Event.Tick());
        if (!committing) {
            throw new IllegalStateException("a transaction was due");
        }
        committing = false;
        heart.on(new Event.Committed());
        return heart;
    }

    /** Nothing is due, with an alarm for each parked message. */
    @Benchmark
    public PartitionHeart tick() {
        heart.timeIs(nowMs, nowMs);
        heart.on(new Event.Tick());
        return heart;
    }
}
