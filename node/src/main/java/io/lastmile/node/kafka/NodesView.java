package io.lastmile.node.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.Collections;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All nodes, as the nodes topic tells of them: one thread reads it from its start and goes on for
 * ever, through any absence of Kafka. Questions may come from any thread.
 */
public final class NodesView implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodesView.class);

    /**
     * The last word of an incarnation.
     *
     * @param appendedAtMs by the broker, since the epoch
     */
    public record Seen(NodeRecord.Heartbeat heartbeat, long offset, long appendedAtMs) {}

    private record GoneSeen(NodeRecord.Gone gone, long offset, long appendedAtMs) {}

    private final Metrics.Counter unreadable;
    private final TopicTail tail;
    private final Map<Incarnation, Seen> seen = new ConcurrentHashMap<>();
    private final Map<Incarnation, GoneSeen> gone = new ConcurrentHashMap<>();
    private final Queue<NodesListener> joining = new ConcurrentLinkedQueue<>();
    private final List<NodesListener> listeners = new ArrayList<>(); // the thread's own

    /** Begins to read. */
    public NodesView(KafkaSettings kafka, Metrics metrics) {
        this(TopicTail.consumer(kafka, "lastmile-nodes"), kafka.topic(Topic.NODES), metrics);
    }

    NodesView(Consumer<byte[], byte[]> consumer, String topic, Metrics metrics) {
        unreadable = metrics.counter(Metric.NODE_VIEW_UNREADABLE);
        for (NodeRole role : NodeRole.values()) {
            metrics.gauge(
                    Metric.NODE_VIEW_ALIVE,
                    () -> alive().values().stream().filter(beat -> beat.role() == role).count(),
                    role.label());
        }
        tail = new TopicTail(consumer, topic, "lastmile-nodes", this::welcome, this::on);
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

    /** Every incarnation that was declared gone. */
    public Set<Incarnation> gone() {
        return Collections.unmodifiableSet(gone.keySet());
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
            seen.forEach((incarnation, last) ->
                    joined.heartbeat(incarnation, last.heartbeat, last.offset));
            gone.forEach((incarnation, last) -> joined.gone(incarnation, last.gone, last.offset));
            listeners.add(joined);
        }
    }

    private void on(ConsumerRecord<byte[], byte[]> record) {
        try {
            NodeKey key = NodeKey.decode(record.key());
            if (record.value() == null) {
                seen.remove(key.incarnation());
                if (key.gone()) {
                    gone.remove(key.incarnation());
                }
                return;
            }
            switch (NodeRecord.decode(record.value())) {
                case NodeRecord.Heartbeat heartbeat -> {
                    seen.put(
                            key.incarnation(),
                            new Seen(heartbeat, record.offset(), record.timestamp()));
                    listeners.forEach(listener ->
                            listener.heartbeat(key.incarnation(), heartbeat, record.offset()));
                }
                case NodeRecord.Gone word -> {
                    gone.put(
                            key.incarnation(),
                            new GoneSeen(word, record.offset(), record.timestamp()));
                    listeners.forEach(
                            listener -> listener.gone(key.incarnation(), word, record.offset()));
                }
            }
        } catch (MalformedException e) {
            unreadable.increment();
            LOG.atWarn()
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("reason", e.getMessage())
                    .log("A record of nodes cannot be understood");
        }
    }

    /** Stops reading; who waits for the end is told that it will not come. */
    @Override
    public void close() {
        tail.close();
    }
}
