package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.HeartSettings;
import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.heart.RestoredBroadcasts;
import io.lastmile.router.heart.RestoredDevices;
import io.lastmile.router.heart.Write;
import io.lastmile.router.owner.EdgeHops;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.router.owner.OwnedPartitions;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done for an owned partition: frames, transactions, and what is counted of them. */
class CommandRunnerTest {
    private static final KafkaSettings KAFKA =
            new KafkaSettings("127.0.0.1:1", "test.", 4, true, Map.of());
    private static final TopicIds TOPICS =
            new TopicIds(
                    4,
                    Map.of(
                            Topic.MESSAGES,
                            Uuid.ONE_UUID,
                            Topic.EVENTS,
                            Uuid.ONE_UUID,
                            Topic.INBOX,
                            Uuid.ONE_UUID));
    private static final int PARTITION = 1;
    private static final Incarnation EDGE = new Incarnation("edge-1", 1);
    private static final DeviceId PHONE = new DeviceId("phone-1");
    private static final Message HELLO = Message.plain(PHONE, Payload.ofText("hello"));

    private final Metrics metrics = new Metrics();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final Sending hops = new Sending();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LogEnds ends = new LogEnds(KAFKA, timer, metrics);
    private final Bodies bodies = new Bodies(KAFKA, Topic.MESSAGES, 1_000, metrics);
    private final EventsReader events = new EventsReader(KAFKA, metrics);
    private final MessagesReader messages =
            new MessagesReader(
                    KAFKA,
                    TOPICS,
                    bodies,
                    new HeldBack(new OwnedPartitions(), ends, Clock.system(), metrics),
                    metrics);
    private final Bodies broadcastBodies = new Bodies(KAFKA, Topic.BROADCASTS, 1 << 20, metrics);
    private final BroadcastsReader broadcasts =
            new BroadcastsReader(KAFKA, broadcastBodies, HeartSettings.defaults(), metrics);
    private final List<RuntimeException> failures = new ArrayList<>();
    private final CommandRunner runner =
            new CommandRunner(
                    new OwnerProducer(KAFKA, TOPICS, PARTITION, producer),
                    hops,
                    new LogReaders(messages, events, broadcasts, bodies, broadcastBodies, ends),
                    new RecentReceipts(4),
                    Runnable::run,
                    (_, cause) -> failures.add(cause),
                    new RouterRuntime(new AtOnce(), Clock.system(), metrics));
    private final OwnedPartition owned =
            new OwnedPartition(
                    PARTITION,
                    7,
                    HeartSettings.defaults(),
                    new Restored(
                            new Positions(
                                    0, 0, CheckpointRecord.BroadcastsRead.FROM_START, new long[0]),
                            0,
                            new RestoredDevices(PARTITION),
                            Map.of(),
                            Map.of(),
                            new RestoredBroadcasts(0),
                            Set.of(EDGE)),
                    () -> 1_000,
                    () -> 1_000,
                    runner);

    private static final class Sending implements EdgeHops {
        private final List<String> done = new ArrayList<>();

        @Override
        public void keep(Incarnation edge, String host, int port) {}

        @Override
        public void drop(Incarnation edge) {}

        @Override
        public void send(Incarnation edge, HopFrame.FromRouter frame) {
            done.add("send " + frame.getClass().getSimpleName());
        }

        @Override
        public void flush(Incarnation edge) {
            done.add("flush " + edge.node());
        }

        @Override
        public Set<Incarnation> connected() {
            return Set.of(EDGE);
        }
    }

    /** Runs on the calling thread. */
    private static final class AtOnce extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    @BeforeEach
    void fence() {
        producer.initTransactions();
    }

    @AfterEach
    void close() {
        messages.close();
        events.close();
        bodies.close();
        ends.close();
        timer.shutdownNow();
    }

    private static Write.Reappend again(int partition) {
        return new Write.Reappend(partition, new MessageId(PARTITION, 0), 1_000, HELLO);
    }

    @Test
    void whatFellDueIsNotCountedAsMisplaced() {
        runner.commit(owned, List.of(again(PARTITION), again(2), again(PARTITION)));
        assertEquals(3, producer.history().size());
        assertCounted("lastmile_router_reappended_messages_total{reason=\"due\"} 2");
        assertCounted("lastmile_router_reappended_messages_total{reason=\"misplaced\"} 1");
    }

    @Test
    void aTransactionThatFailsLosesThePartition() {
        producer.commitTransactionException = new KafkaException("fenced");
        runner.commit(owned, List.of(again(2)));
        assertEquals("fenced", failures.getFirst().getMessage());
        assertCounted("lastmile_router_commits_transactions_total{result=\"failed\"} 1");
        owned.feed(new Event.MessageRead(0, 1_000, HELLO));
        assertEquals(0, owned.messagesPosition(), "nothing is told to a heart that is lost");
        assertEquals(List.of(), producer.history());
    }

    @Test
    void framesGoOutTogetherOnceAllIsTold() {
        runner.send(EDGE, new HopFrame.Own(PARTITION, 7, 1));
        runner.send(EDGE, new HopFrame.Announce(PARTITION, 7, 1));
        assertEquals(List.of("send Own", "send Announce"), hops.done);
        runner.flush();
        runner.flush();
        assertEquals(List.of("send Own", "send Announce", "flush edge-1"), hops.done);
    }

    @Test
    void aBodyAtHandIsAnsweredAtOnce() {
        bodies.keep(PARTITION, 5, HELLO);
        runner.load(owned, PHONE, 5);
        assertCounted("lastmile_router_bodies_messages_total{result=\"hit\",topic=\"messages\"} 1");
    }

    @Test
    void aCheckpointIsOfTheseTopics() {
        runner.commit(
                owned,
                List.of(
                        new Write.Checkpoint(
                                new Positions(
                                        3,
                                        4,
                                        CheckpointRecord.BroadcastsRead.FROM_START,
                                        new long[] {5}))));
        assertEquals("test.inbox", producer.history().getFirst().topic());
        assertEquals(PARTITION, producer.history().getFirst().partition());
        CheckpointRecord written = CheckpointRecord.decode(producer.history().getFirst().value());
        assertEquals(3, written.watermark());
        assertEquals(Uuid.ONE_UUID.toString(), written.eventsTopicId());
    }

    private void assertCounted(String line) {
        assertTrue(metrics.scrape().contains(line), metrics.scrape());
    }
}
