package io.lastmile.router.owner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.HeartSettings;
import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.heart.RestoredBroadcasts;
import io.lastmile.router.heart.RestoredDevices;
import io.lastmile.router.heart.Write;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.Payload;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A partition between its heart, its edges and those who have news for it. */
class OwnedPartitionTest {
    private static final Incarnation EDGE = new Incarnation("edge-1", 1);
    private static final DeviceId PHONE = new DeviceId("phone-1");
    private static final SessionId SESSION = new SessionId(EDGE, 1);
    private static final long EPOCH = 7;

    private final World world = new World();
    private final OwnedPartition owned =
            new OwnedPartition(
                    0,
                    EPOCH,
                    HeartSettings.defaults(),
                    new Restored(
                            new Positions(
                                    0, 0, CheckpointRecord.BroadcastsRead.FROM_START, new long[0]),
                            0,
                            new RestoredDevices(0),
                            Map.of(),
                            Map.of(),
                            new RestoredBroadcasts(0),
                            Set.of(EDGE)),
                    () -> 1_000,
                    () -> 1_000,
                    world);
    private final OwnedPartitions all = new OwnedPartitions();

    private static final class World implements OwnerWorld {
        final List<HopFrame.FromRouter> sent = new ArrayList<>();
        final List<EventsEnd> asked = new ArrayList<>();
        final List<RuntimeException> bugs = new ArrayList<>();
        int flushes;
        @Nullable Runnable whileSending;

        @Override
        public void send(Incarnation edge, HopFrame.FromRouter frame) {
            sent.add(frame);
            Runnable task = whileSending;
            whileSending = null;
            if (task != null) {
                task.run();
            }
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public void load(OwnedPartition from, DeviceId device, long offset) {}

        @Override
        public void load(OwnedPartition from, long offset, BroadcastId id) {}

        @Override
        public void sliceSoon(OwnedPartition from) {}

        @Override
        public void askJoinsEnd(OwnedPartition from) {}

        @Override
        public void commit(OwnedPartition from, List<Write> writes) {}

        @Override
        public void readNodes(OwnedPartition from) {}

        @Override
        public void askMessagesEnd(OwnedPartition from, long acknowledged) {}

        @Override
        public void askEventsEnd(OwnedPartition from, EventsEnd end) {
            asked.add(end);
        }

        @Override
        public void broken(OwnedPartition from, RuntimeException bug) {
            bugs.add(bug);
        }
    }

    private long ownSent() {
        return assertInstanceOf(HopFrame.Own.class, world.sent.getLast()).exchange();
    }

    private static HopFrame.Sessions answer(long exchange, boolean last, long... numbers) {
        List<HopFrame.HeldSession> held = new ArrayList<>();
        for (long number : numbers) {
            held.add(new HopFrame.HeldSession(PHONE, number, 0, HopFrame.HeldSession.NOTHING_SENT));
        }
        return new HopFrame.Sessions(0, EPOCH, exchange, false, 1, last, held);
    }

    /** The phone is connected, its edge has answered, and the next message goes out. */
    private void serve() {
        all.add(owned, Set.of(EDGE));
        owned.feed(
                new Event.EdgeEventRead(
                        0,
                        PHONE,
                        new EventRecord.Opened(
                                SESSION, EventRecord.FIRST, Transport.TCP, 5, 1, 16, true, 1_000)));
        all.answered(EDGE, answer(ownSent(), true, 1));
        owned.eventsEnd(world.asked.getLast(), 1);
    }

    private void message(long offset) {
        owned.feed(
                new Event.MessageRead(
                        offset, 1_000, Message.plain(PHONE, Payload.ofText("hello"))));
    }

    private List<Long> delivered() {
        return world.sent.stream()
                .filter(HopFrame.Deliver.class::isInstance)
                .map(frame -> ((HopFrame.Deliver) frame).offset())
                .toList();
    }

    @Test
    void aMessageBecomesAFrameOfThisEpoch() {
        serve();
        message(0);
        HopFrame.Deliver frame = assertInstanceOf(HopFrame.Deliver.class, world.sent.getLast());
        assertEquals(EPOCH, frame.epoch());
        assertEquals(SESSION.number(), frame.session());
        assertTrue(world.flushes > 0);
    }

    @Test
    void nothingIsSentBeforeTheEdgeHasAnswered() {
        all.add(owned, Set.of(EDGE));
        message(0);
        assertEquals(List.of(), delivered());
    }

    /** Its frames may come in parts; only all of them are an answer. */
    @Test
    void anAnswerIsAllOfItsFrames() {
        all.add(owned, Set.of(EDGE));
        all.answered(EDGE, answer(ownSent(), false, 1));
        assertEquals(List.of(), world.asked);
        all.answered(EDGE, answer(ownSent(), true, 2));
        EventsEnd.OfAnswer asked =
                assertInstanceOf(EventsEnd.OfAnswer.class, world.asked.getFirst());
        assertEquals(2, asked.held().size());
    }

    @Test
    void anAnswerToAnEarlierOwnDoesNotCount() {
        all.add(owned, Set.of(EDGE));
        long first = ownSent();
        all.connected(EDGE);
        all.answered(EDGE, answer(first, true, 1));
        assertEquals(List.of(), world.asked);
    }

    @Test
    void anAnswerIsVoidOnceItsHopBroke() {
        all.add(owned, Set.of(EDGE));
        all.answered(EDGE, answer(ownSent(), true));
        all.cutOff(EDGE);
        all.connected(EDGE);
        owned.eventsEnd(world.asked.getFirst(), 0);
        message(0);
        owned.feed(
                new Event.EdgeEventRead(
                        0,
                        PHONE,
                        new EventRecord.Opened(
                                SESSION, EventRecord.FIRST, Transport.TCP, 5, 1, 16, true, 1_000)));
        assertEquals(List.of(), delivered());
    }

    @Test
    void framesOfAnotherEpochOrRefusalsDoNotCount() {
        all.add(owned, Set.of(EDGE));
        long exchange = ownSent();
        all.answered(
                EDGE, new HopFrame.Sessions(0, EPOCH - 1, exchange, false, 1, true, List.of()));
        all.answered(EDGE, new HopFrame.Sessions(0, EPOCH, exchange, true, 1, true, List.of()));
        assertEquals(List.of(), world.asked);
    }

    /** From within a command news is told after the present event, in its order. */
    @Test
    void newsFromWithinACommandWaitsItsTurn() {
        serve();
        world.whileSending =
                () -> {
                    message(1);
                    message(2);
                };
        message(0);
        assertEquals(List.of(0L, 1L, 2L), delivered());
    }

    @Test
    void aBugEndsItAndIsTold() {
        serve();
        world.whileSending =
                () -> {
                    throw new IllegalStateException("a bug");
                };
        message(0);
        assertEquals("a bug", world.bugs.getFirst().getMessage());
        int before = world.sent.size();
        message(1);
        all.connected(EDGE);
        assertEquals(before, world.sent.size(), "nothing more is done");
        assertEquals(1, world.bugs.size());
    }

    /** The hops' loop carries all edges: it must not wait for one partition. */
    @Test
    void whatComesFromAHopWaitsForNobody() throws Exception {
        serve();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        world.whileSending =
                () -> {
                    held.countDown();
                    try {
                        assertTrue(
                                goOn.await(10, TimeUnit.SECONDS),
                                "the loop waits for the partition");
                    } catch (InterruptedException | AssertionError e) {
                        failure.set(e);
                    }
                };
        Thread feeding = Thread.ofPlatform().start(() -> message(0));
        assertTrue(held.await(10, TimeUnit.SECONDS));
        Thread loop =
                Thread.ofPlatform()
                        .start(() -> {
                            all.cutOff(EDGE);
                            all.connected(EDGE);
                            all.stalled(EDGE, true);
                            all.notHere(EDGE, new HopFrame.NotHere(0, EPOCH, SESSION.number(), 0));
                            all.edgeGone(EDGE);
                            goOn.countDown();
                        });
        loop.join(TimeUnit.SECONDS.toMillis(20));
        feeding.join(TimeUnit.SECONDS.toMillis(20));
        assertFalse(loop.isAlive() || feeding.isAlive());
        assertEquals(null, failure.get());
        assertInstanceOf(HopFrame.Own.class, world.sent.getLast(), "told in its turn all the same");
        assertInstanceOf(EventsEnd.OfGone.class, world.asked.getLast());
    }

    /** Whoever unlocks looks again: what comes in that moment is not left lying. */
    @Test
    void noNewsIsLeft() throws Exception {
        serve();
        int each = 20_000;
        Thread loop =
                Thread.ofPlatform()
                        .start(() -> {
                            for (int i = 0; i < each; i++) {
                                all.connected(EDGE);
                            }
                        });
        for (int i = 0; i < each; i++) {
            owned.feedEventsReadTo(i + 2L);
        }
        loop.join();
        long owns = world.sent.stream().filter(HopFrame.Own.class::isInstance).count();
        assertEquals(each + 1, owns);
    }
}
