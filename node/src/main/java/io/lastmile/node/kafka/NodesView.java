package io.lastmile.node.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All nodes, as the nodes topic tells of them: one thread reads it from its start and goes on for
 * ever, through any absence of Kafka. Questions may come from any thread.
 */
public final class NodesView implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodesView.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration END_WAIT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(500);

    /**
     * The last word of an incarnation.
     *
     * @param appendedAtMs by the broker, since the epoch
     */
    public record Seen(NodeRecord.Heartbeat heartbeat, long offset, long appendedAtMs) {}

    private record GoneSeen(NodeRecord.Gone gone, long offset, long appendedAtMs) {}

    private record ToEnd(long endOffset, CompletableFuture<@Nullable Void> done) {}

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final Metrics.Counter unreadable;
    private final Thread thread;
    private final Map<Incarnation, Seen> seen = new ConcurrentHashMap<>();
    private final Map<Incarnation, GoneSeen> gone = new ConcurrentHashMap<>();
    private final Queue<NodesListener> joining = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<@Nullable Void>> asked = new ConcurrentLinkedQueue<>();
    private final List<NodesListener> listeners = new ArrayList<>(); // the thread's own
    private final Queue<ToEnd> reading = new ArrayDeque<>(); // the thread's own
    private volatile boolean closing;

    /** Begins to read. */
    public NodesView(KafkaSettings kafka, Metrics metrics) {
        this(
                new KafkaConsumer<>(
                        kafka.consumer(
                                Map.of(
                                        ConsumerConfig.CLIENT_ID_CONFIG, "lastmile-nodes",
                                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                                "read_uncommitted"))),
                kafka.topic(Topic.NODES),
                metrics);
    }

    NodesView(Consumer<byte[], byte[]> consumer, String topic, Metrics metrics) {
        this.consumer = consumer;
        partition = new TopicPartition(topic, 0);
        unreadable = metrics.counter(Metric.NODE_VIEW_UNREADABLE);
        for (NodeRole role : NodeRole.values()) {
            metrics.gauge(
                    Metric.NODE_VIEW_ALIVE,
                    () -> alive().values().stream().filter(beat -> beat.role() == role).count(),
                    role.label());
        }
        thread = Thread.ofPlatform().name("lastmile-nodes").daemon().start(this::run);
    }

    /** A listener first hears what is known, then everything as it comes. */
    public void add(NodesListener listener) {
        joining.add(listener);
        consumer.wakeup();
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
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        asked.add(done);
        if (closing) {
            done.cancel(false);
        }
        consumer.wakeup();
        return done;
    }

    private void run() {
        try (consumer) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (!closing) {
                try {
                    welcome();
                    askForEnd();
                    consumer.poll(reading.isEmpty() ? POLL : Duration.ofMillis(20))
                            .forEach(this::on);
                    finish();
                } catch (WakeupException e) {
                    LOG.atTrace().log("Somebody asks"); // what they ask stands in a queue
                } catch (KafkaException e) {
                    LOG.atWarn().addKeyValue("reason", e.getMessage()).log("Cannot read nodes");
                    pause();
                }
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("The view of nodes ends");
        } finally {
            closing = true;
            asked.forEach(done -> done.cancel(false));
            reading.forEach(read -> read.done.cancel(false));
        }
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

    private void askForEnd() {
        if (asked.isEmpty()) {
            return;
        }
        int waiting = asked.size(); // who asks later needs a later end
        Long end = consumer.endOffsets(List.of(partition), END_WAIT).get(partition);
        if (end == null) {
            return;
        }
        for (int i = 0; i < waiting; i++) {
            CompletableFuture<@Nullable Void> done = asked.poll();
            if (done != null) {
                reading.add(new ToEnd(end, done));
            }
        }
    }

    private void finish() {
        if (reading.isEmpty()) {
            return;
        }
        long position = consumer.position(partition);
        while (!reading.isEmpty() && reading.peek().endOffset <= position) {
            reading.remove().done.complete(null);
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

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    /** Stops reading; who waits for the end is told that it will not come. */
    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            if (!thread.join(END_WAIT.plusSeconds(1))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
