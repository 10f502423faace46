package io.lastmile.node.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Metrics;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodesViewTest {
    private static final TopicPartition NODES = new TopicPartition("lastmile.nodes", 0);
    private static final Incarnation A = new Incarnation("edge-a", 1);
    private static final Incarnation B = new Incarnation("edge-b", 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Metrics metrics = new Metrics();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private NodesView view = start();

    private NodesView start() {
        consumer.updateBeginningOffsets(Map.of(NODES, 0L));
        consumer.updateEndOffsets(Map.of(NODES, 0L));
        return new NodesView(consumer, "lastmile.nodes", metrics);
    }

    @BeforeEach
    void listen() {
        await().until(() -> !consumer.assignment().isEmpty());
        view.add(listener(heard));
    }

    @AfterEach
    void close() {
        view.close();
    }

    private static NodesListener listener(List<String> heard) {
        return new NodesListener() {
            @Override
            public void heartbeat(Incarnation who, NodeRecord.Heartbeat beat, long appendedAtMs) {
                heard.add(who + " beat " + beat.sequence());
            }

            @Override
            public void gone(Incarnation who, NodeRecord.Gone gone) {
                heard.add(who + " gone");
            }
        };
    }

    private void append(long offset, Incarnation who, boolean gone, @Nullable NodeRecord value) {
        byte[] bytes = value == null ? null : value.encode();
        append(offset, new NodeKey(who, gone).encode(), bytes);
    }

    @SuppressWarnings("NullAway") // Kafka's classes take null for a tombstone and do not say so
    private void append(long offset, byte[] key, byte @Nullable [] value) {
        consumer.schedulePollTask(() ->
                consumer.addRecord(new ConsumerRecord<>("lastmile.nodes", 0, offset, key, value)));
    }

    private static NodeRecord.Heartbeat beat(long sequence) {
        return new NodeRecord.Heartbeat(
                NodeRole.EDGE,
                false,
                sequence,
                5,
                "test",
                Map.of(),
                Map.of(),
                NodeRecord.RouterPartitions.NONE);
    }

    @Test
    void heartbeatsAndTheWordGoneAreTold() {
        append(0, A, false, beat(1));
        append(1, B, false, beat(1));
        append(2, A, true, new NodeRecord.Gone(NodeRole.EDGE, B, 9));
        await().until(() -> heard.size() == 3);
        assertEquals(List.of("edge-a/1 beat 1", "edge-b/1 beat 1", "edge-a/1 gone"), heard);
        assertEquals(Set.of(B), view.alive().keySet());
        assertEquals(Set.of(A), view.gone(NodeRole.EDGE));
        append(3, A, false, beat(2));
        await().until(() -> heard.size() == 4);
        assertEquals(Set.of(B), view.alive().keySet(), "no late heartbeat brings it back");
    }

    @Test
    void whoJoinsLateHearsWhatIsKnown() {
        append(0, A, false, beat(1));
        append(1, A, false, beat(2));
        await().until(() -> heard.size() == 2);
        List<String> late = new CopyOnWriteArrayList<>();
        view.add(listener(late));
        await().until(() -> late.equals(List.of("edge-a/1 beat 2")));
    }

    @Test
    void onlyAnEdgeThatIsGoneIsOver() {
        append(0, A, false, beat(1)); // all of them with -1 as their time
        append(1, B, false, beat(1));
        append(2, A, true, new NodeRecord.Gone(NodeRole.EDGE, B, 9));
        await().until(() -> heard.size() == 3);
        assertEquals(Set.of(A), view.overSince(0));
        assertEquals(Set.of(), view.overSince(-1), "not silent for so long");
        append(3, A, false, null);
        append(4, A, true, null);
        await().until(() -> view.gone(NodeRole.EDGE).isEmpty());
        assertEquals(Set.of(), view.overSince(0));
    }

    @Test
    void recordsThatNobodyCanUseAreSetAside() {
        NodeRecord.Heartbeat bad =
                new NodeRecord.Heartbeat(
                        NodeRole.EDGE,
                        false,
                        1,
                        5,
                        "test",
                        Map.of("hop", "127.0.0.1:74000"),
                        Map.of(),
                        NodeRecord.RouterPartitions.NONE);
        append(0, B, false, bad);
        append(1, new byte[] {9, 9, 9}, new byte[] {1});
        append(2, new NodeKey(B, false).encode(), new byte[] {1, 1, 0, 0});
        append(3, new NodeKey(B, false).encode(), new byte[900_000]);
        append(4, new byte[0], null);
        append(5, A, false, beat(1));
        await().until(() -> heard.equals(List.of("edge-a/1 beat 1")));
        assertEquals(Set.of(A), view.alive().keySet());
        assertTrue(
                metrics.scrape()
                        .contains("lastmile_node_set_aside_records_total{topic=\"nodes\"} 5"),
                metrics.scrape());
    }

    @Test
    void whatOneListenerThrowsKeepsNobodyElse() {
        view.add(
                new NodesListener() {
                    @Override
                    public void heartbeat(
                            Incarnation who, NodeRecord.Heartbeat beat, long appendedAtMs) {
                        throw new IllegalArgumentException("port out of range:74000");
                    }

                    @Override
                    public void gone(Incarnation who, NodeRecord.Gone gone) {
                        throw new StackOverflowError("no listener's error either");
                    }
                });
        List<String> late = new CopyOnWriteArrayList<>();
        view.add(listener(late));
        append(0, A, false, beat(1));
        append(1, A, true, new NodeRecord.Gone(NodeRole.EDGE, B, 9));
        append(2, B, false, beat(1));
        List<String> all = List.of("edge-a/1 beat 1", "edge-a/1 gone", "edge-b/1 beat 1");
        await().until(() -> heard.equals(all) && late.equals(all));
        assertTrue(metrics.scrape().contains("task=\"nodes-listeners\"} 3"), metrics.scrape());
        assertTrue(metrics.tasks().areWell());
    }

    @Test
    void tombstonesForget() {
        append(0, A, false, beat(1));
        await().until(() -> heard.size() == 1);
        append(1, A, false, null);
        await().until(() -> view.alive().isEmpty());
    }

    @Test
    void theEndIsThatOfTheTimeOfTheQuestion() {
        append(0, A, false, beat(1));
        await().until(() -> heard.size() == 1);
        consumer.updateEndOffsets(Map.of(NODES, 3L));
        CompletableFuture<@Nullable Void> toEnd = view.readToEnd().toCompletableFuture();
        append(1, A, false, beat(2));
        await().until(() -> heard.size() == 2);
        assertFalse(toEnd.isDone());
        append(2, A, false, beat(3));
        await().until(toEnd::isDone);
        assertEquals(3, heard.size(), "what it waited for has been told");
    }

    @Test
    void neitherRubbishNorAbsenceEndsIt() {
        append(0, new byte[] {9, 9}, new byte[] {1});
        consumer.schedulePollTask(
                () -> consumer.setPollException(new KafkaException("Kafka is away")));
        append(1, A, false, beat(1));
        await().until(() -> heard.size() == 1);
    }

    @Test
    void whoWaitsForTheEndIsToldWhenItCloses() {
        consumer.updateEndOffsets(Map.of(NODES, 30L));
        CompletableFuture<@Nullable Void> toEnd = view.readToEnd().toCompletableFuture();
        view.close();
        assertTrue(toEnd.isCancelled());
    }
}
