package io.lastmile.bench.micro;

import io.lastmile.router.heart.Command;
import io.lastmile.router.heart.DeviceView;
import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.HeartSettings;
import io.lastmile.router.heart.PartitionHeart;
import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.heart.RestoredBroadcasts;
import io.lastmile.router.heart.RestoredDevices;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.EventRecord.Acked;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A heart whose devices are all online and at rest. With a million of them neither the table nor
 * what it leads to is in any cache of the processor.
 */
@State(Scope.Thread)
public class OnlineDevices {
    private static final int BATCH = 250; // of a commit interval, one a millisecond
    private static final int STRIDE = 7_919; // prime, so that neighbours in time are none in memory

    @Param({"1000", "1000000"})
    private int devices;

    private Message[] messages;
    private PartitionHeart heart;
    private final Command.Send[] sent = new Command.Send[BATCH];
    private int sentCount;
    private boolean committing;
    private int next;
    private long nowMs = Typical.NOW_MS;
    private long messageOffset;
    private long eventOffset;

    /** All devices are there as the predecessor committed them; their edge has answered. */
    @Setup
    public void restore() {
        messages = new Message[devices];
        RestoredDevices restored = new RestoredDevices(0);
        List<HeldSession> held = new ArrayList<>(devices);
        for (int i = 0; i < devices; i++) {
            DeviceId id = Typical.device(i);
            messages[i] = Typical.message(id);
            restored.presence(id, Typical.presence(i + 1, i));
            held.add(new HeldSession(id, i + 1, i, HeldSession.NOTHING_SENT));
        }
        eventOffset = devices;
        heart =
                new PartitionHeart(
                        0,
                        HeartSettings.defaults(),
                        new Restored(
                                new Positions(
                                        0,
                                        eventOffset,
                                        CheckpointRecord.BroadcastsRead.FROM_START,
                                        new long[0]),
                                eventOffset,
                                restored,
                                Map.of(),
                                Map.of(),
                                new RestoredBroadcasts(0),
                                Set.of(Typical.EDGE)),
                        nowMs,
                        nowMs,
                        this::carryOut);
        heart.on(new Event.EdgeAnswered(Typical.EDGE, held, devices, eventOffset));
    }

    private void carryOut(Command command) {
        switch (command) {
            case Command.Send send -> sent[sentCount++] = send;
            case Command.Commit _ -> committing = true;
            default -> throw new IllegalStateException("nothing else was asked for: " + command);
        }
    }

    /**
     * A message is read and sent, its acknowledgement read, its receipt written and committed; 250
     * messages, each to another device, in a transaction. The device wakes for it and goes to rest.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public PartitionHeart deliver() {
        sentCount = 0;
        for (int i = 0; i < BATCH; i++) {
            heart.on(new Event.MessageRead(messageOffset++, nowMs, nextMessage()));
        }
        for (int i = 0; i < BATCH; i++) {
            Command.Send send = sent[i];
            Acked acked = new Acked(send.session(), List.of(Typical.ack(send.offset())));
            heart.on(new Event.EdgeEventRead(eventOffset++, send.message().device(), acked));
        }
        nowMs += BATCH;
        heart.timeIs(nowMs, nowMs);
        heart.on(new Event.Tick());
        if (!committing) {
            throw new IllegalStateException("a transaction was due");
        }
        committing = false;
        heart.on(new Event.Committed());
        return heart;
    }

    /** What the events of {@link #deliver} take by themselves: it is no work of the heart's. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void eventsAlone(Blackhole hole) {
        for (int i = 0; i < BATCH; i++) {
            Message message = nextMessage();
            hole.consume(new Event.MessageRead(messageOffset++, nowMs, message));
            Acked acked = new Acked(Typical.session(i + 1), List.of(Typical.ack(messageOffset)));
            hole.consume(new Event.EdgeEventRead(eventOffset++, message.device(), acked));
        }
    }

    /** A device is found in the table and its packed bytes are read. */
    @Benchmark
    public Optional<DeviceView> find() {
        return heart.device(nextMessage().device());
    }

    /** Nothing is due. */
    @Benchmark
    public PartitionHeart tick() {
        heart.timeIs(nowMs, nowMs);
        heart.on(new Event.Tick());
        return heart;
    }

    private Message nextMessage() {
        next = (next + STRIDE) % devices;
        return messages[next];
    }
}
