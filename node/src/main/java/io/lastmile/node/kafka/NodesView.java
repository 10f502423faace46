package io.lastmile.node.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * All nodes, as the nodes topic tells of them: one thread reads it from its start and goes on for
 * ever, through any absence of Kafka. Questions may come from any thread.
 */
public final class NodesView implements AutoCloseable {
    /**
     * The last word of an incarnation.
     *
     * @param appendedAtMs by the broker, since the epoch
     */
    public record Seen(NodeRecord.Heartbeat heartbeat, long offset, long appendedAtMs) {}

    private static final Map<String, Object> GATHERED =
            Map.of(
                    ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
                    64 << 10,
                    ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                    500);

    private record GoneSeen(NodeRecord.Gone gone, long offset, long appendedAtMs) {}

    private final SetAside aside;
    private final Task telling;
    private final TopicTail tail;
    private final Map<Incarnation, Seen> seen = new ConcurrentHashMap<>();
    private final Map<Incarnation, GoneSeen> gone = new ConcurrentHashMap<>();
    private final Queue<NodesListener> joining = new ConcurrentLinkedQueue<>();
    private final List<NodesListener> listeners = new ArrayList<>(); // the thread's own

    /** Begins to read; news may come half a second late, which saves a fetch a heartbeat. */
    public NodesView(KafkaSettings kafka, Metrics metrics) {
        this(consumer(kafka, GATHERED), kafka.topic(Topic.NODES), metrics);
    }

    /** As the constructor, for whoever decides by the order of heartbeats: news come at once. */
    public static NodesView atOnce(KafkaSettings kafka, Metrics metrics) {
        return new NodesView(consumer(kafka, Map.of()), kafka.topic(Topic.NODES), metrics);
    }

    private static Consumer<byte[], byte[]> consumer(
            KafkaSettings kafka, Map<String, Object> fetching) {
        return TopicTail.consumer(kafka, "lastmile-nodes", fetching);
    }

    NodesView(Consumer<byte[], byte[]> consumer, String topic, Metrics metrics) {
        aside = new SetAside(Topic.NODES, metrics);
        telling = metrics.tasks().task("nodes-listeners");
        for (NodeRole role : NodeRole.values()) {
            metrics.gauge(Metric.NODE_VIEW_ALIVE, () -> alive(role).size(), role.label());
        }
        tail =
                new TopicTail(
                        consumer, topic, "lastmile-nodes", metrics, this::welcome, aside, this::on);
    }

    /** A listener first hears what is known, then everything as it comes. */
    public void add(NodesListener listener) {
        joining.add(listener);
        tail.wake();
    }

    /** The last heartbeat of every incarnation that is not gone. */
    public Map<Incarnation, NodeRecord.Heartbeat> alive() {
        Map<Incarnation, NodeRecord.Heartbeat> alive = new TreeMap<>();
        seen.forEach((incarnation, last) -> {
            if (!gone.containsKey(incarnation)) {
                alive.put(incarnation, last.heartbeat);
            }
        });
        return alive;
    }

    /** Every incarnation of that role that is not gone. */
    public Set<Incarnation> alive(NodeRole role) {
        Set<Incarnation> alive = new TreeSet<>();
        alive().forEach((incarnation, last) -> {
            if (last.role() == role) {
                alive.add(incarnation);
            }
        });
        return alive;
    }

    /** As {@link #alive()}, with when and where it was said. */
    public Map<Incarnation, Seen> seen() {
        Map<Incarnation, Seen> all = new TreeMap<>(seen);
        all.keySet().removeAll(gone.keySet());
        return all;
    }

    /** As {@link #seen()}, with the incarnations that were declared gone. */
    public Map<Incarnation, Seen> all() {
        return new TreeMap<>(seen);
    }

    /** Who declared which incarnation gone. */
    public Map<Incarnation, NodeRecord.Gone> declaredGone() {
        Map<Incarnation, NodeRecord.Gone> words = new TreeMap<>();
        gone.forEach((incarnation, said) -> words.put(incarnation, said.gone));
        return words;
    }

    /** Every incarnation of that role that was declared gone. */
    public Set<Incarnation> gone(NodeRole role) {
        Set<Incarnation> over = new TreeSet<>();
        gone.forEach((incarnation, last) -> {
            if (last.gone.role() == role) {
                over.add(incarnation);
            }
        });
        return over;
    }

    /**
     * The incarnations that are over and of which nothing was said since this time, by the broker's
     * clock. An edge is over only when it was declared gone.
     */
    public Set<Incarnation> overSince(long timeMs) {
        Set<Incarnation> over = new TreeSet<>();
        seen.forEach((incarnation, last) -> {
            boolean isOver =
                    last.heartbeat.role() != NodeRole.EDGE || gone.containsKey(incarnation);
            if (isOver && last.appendedAtMs < timeMs) {
                over.add(incarnation);
            }
        });
        gone.forEach((incarnation, last) -> {
            if (last.appendedAtMs >= timeMs) {
                over.remove(incarnation);
            } else if (!seen.containsKey(incarnation)) {
                over.add(incarnation);
            }
        });
        return over;
    }

    /**
     * Completes when everything has been read, and told to listeners, that was in nodes at the time
     * of this call. Completes on the reading thread.
     */
    public CompletionStage<@Nullable Void> readToEnd() {
        return tail.readToEnd();
    }

    private void welcome() {
        for (NodesListener listener = joining.poll(); listener != null; listener = joining.poll()) {
            NodesListener joined = listener;
            gone.forEach((incarnation, last) -> told(() -> joined.gone(incarnation, last.gone)));
            seen().forEach((incarnation, last) ->
                    told(() -> joined.heartbeat(incarnation, last.heartbeat, last.appendedAtMs)));
            listeners.add(joined);
        }
    }

    /** What one listener throws keeps neither the others nor the reading. */
    private void told(Runnable news) {
        telling.run(news);
    }

    private void on(ConsumerRecord<byte[], byte[]> record) {
        NodeKey key = NodeKey.decode(record.key());
        Incarnation node = key.incarnation();
        if (record.value() == null) {
            seen.remove(node);
            if (key.gone()) {
                gone.remove(node);
                listeners.forEach(listener -> told(() -> listener.forgotten(node)));
            }
            return;
        }
        switch (NodeRecord.decode(record.value())) {
            case NodeRecord.Heartbeat heartbeat -> {
                seen.put(node, new Seen(heartbeat, record.offset(), record.timestamp()));
                listeners.forEach(listener ->
                        told(() -> listener.heartbeat(node, heartbeat, record.timestamp())));
            }
            case NodeRecord.Gone word -> {
                gone.put(node, new GoneSeen(word, record.offset(), record.timestamp()));
                listeners.forEach(listener -> told(() -> listener.gone(node, word)));
            }
        }
    }

    /** Stops reading; who waits for the end is told that it will not come. */
    @Override
    public void close() {
        tail.close();
    }
}
