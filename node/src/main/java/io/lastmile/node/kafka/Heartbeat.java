package io.lastmile.node.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.NodeRecord.RouterPartitions;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signs of life of a node: a record in nodes every so often, written by a thread of its own, so
 * that only a process that really stands still stops giving them. Confirmations set the node's
 * {@link OwnTime}.
 */
public final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);

    /** A heartbeat may wait for room in its client, and for Kafka to say where the topic is. */
    private static final Duration SILENCE_LEAST = Duration.ofSeconds(10);

    /** Whoever beats more often than this is to be missed soon. */
    private static final Duration OFTEN = Duration.ofSeconds(1);

    /**
     * What the node says of itself this time.
     *
     * @param addresses by name: hop, admin, mqtt, http
     * @param load by name: sessions, messages
     */
    public record Report(
            boolean draining,
            Map<String, String> addresses,
            Map<String, Long> load,
            RouterPartitions partitions) {}

    private final String topic;
    private final NodeRole role;
    private final Supplier<Report> report;
    private final OwnTime time;
    private final Clock clock;
    private final long startedAtMs;
    private final Duration fresh;
    private final Metrics.Counter confirmed;
    private final Metrics.Counter refused;
    private final Producer<byte[], byte[]> producer;
    private final ScheduledExecutorService thread;
    private final Task task;
    private final ScheduledFuture<?> ticking;
    private final CountDownLatch firstConfirmed = new CountDownLatch(1);
    private final AtomicBoolean underWay = new AtomicBoolean();

    private Incarnation incarnation; // the thread's own from here on
    private long sequence;
    private volatile @Nullable Becoming becoming;

    /**
     * Begins to beat, at once.
     *
     * @param report asked on the heartbeat's thread; must not block
     */
    public Heartbeat(
            KafkaSettings kafka,
            NodeSettings node,
            Incarnation incarnation,
            NodeRole role,
            Supplier<Report> report,
            OwnTime time,
            Metrics metrics) {
        this(
                new KafkaProducer<>(
                        kafka.producer(producerSettings(incarnation, node.heartbeat()))),
                kafka.topic(Topic.NODES),
                node.heartbeat(),
                incarnation,
                role,
                report,
                time,
                metrics);
    }

    Heartbeat(
            Producer<byte[], byte[]> producer,
            String topic,
            Duration interval,
            Incarnation incarnation,
            NodeRole role,
            Supplier<Report> report,
            OwnTime time,
            Metrics metrics) {
        this.producer = producer;
        this.topic = topic;
        this.incarnation = incarnation;
        this.role = role;
        this.report = report;
        this.time = time;
        this.clock = time.clock();
        startedAtMs = clock.nowMs();
        Duration twoBeats = interval.multipliedBy(2);
        fresh = twoBeats.compareTo(OFTEN) > 0 ? twoBeats : OFTEN;
        confirmed = metrics.counter(Metric.NODE_HEARTBEATS, role.label(), "confirmed");
        refused = metrics.counter(Metric.NODE_HEARTBEATS, role.label(), "refused");
        metrics.gauge(Metric.NODE_UP, () -> 1, role.label());
        metrics.gauge(Metric.NODE_HEARTBEAT_AGE, this::ageSeconds, role.label());
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("lastmile-heartbeat").daemon().factory());
        task = metrics.tasks().vital("heartbeat", interval.multipliedBy(10).plus(SILENCE_LEAST));
        ticking = task.every(thread, Duration.ZERO, interval, this::scheduled);
    }

    private static Map<String, Object> producerSettings(
            Incarnation incarnation, Duration interval) {
        // An old sign of life is worth nothing: give it up and send a new one. What depends on
        // frequent ones gives up sooner.
        int requestMs = interval.compareTo(OFTEN) < 0 ? 1_000 : 3_000;
        return Map.of(
                ProducerConfig.CLIENT_ID_CONFIG,
                "lastmile-heartbeat-" + incarnation.node(),
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                2_000L,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                requestMs,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                requestMs + 2_000,
                ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG,
                200L,
                ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                200L,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                1L << 20,
                ProducerConfig.BATCH_SIZE_CONFIG,
                0);
    }

    /** Whether a heartbeat was confirmed within this time. */
    public boolean confirmedWithin(Duration within) {
        return time.confirmedWithin(within);
    }

    /** Whether a heartbeat was confirmed a moment ago, so that this process is awake and heard. */
    public boolean isFresh() {
        return time.confirmedWithin(fresh);
    }

    /** Waits for the first confirmation; false where it does not come in time. */
    public boolean awaitConfirmed(Duration atMost) throws InterruptedException {
        return firstConfirmed.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Beats out of turn, because what the node says of itself has changed. */
    public void now() {
        try {
            thread.execute(() -> task.run(() -> beat(false)));
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("Closed already: nothing more is said");
        }
    }

    /**
     * Goes on under another incarnation, as after having been declared gone.
     *
     * @param confirmed runs once nodes has a heartbeat of it: only then may anything be written in
     *     its name, since who reads that looks it up in nodes
     */
    public void become(Incarnation next, Runnable confirmed) {
        thread.execute(() -> {
            incarnation = next;
            sequence = 1;
            becoming = new Becoming(next, confirmed);
            task.run(() -> beat(false));
        });
    }

    private record Becoming(Incarnation next, Runnable confirmed) {}

    private void became(Incarnation confirmedIncarnation) {
        Becoming waiting = becoming;
        if (waiting != null && waiting.next.equals(confirmedIncarnation)) {
            becoming = null;
            waiting.confirmed.run();
        }
    }

    private void scheduled() {
        sequence++;
        beat(false);
    }

    private void beat(boolean last) {
        if (!last && !underWay.compareAndSet(false, true)) {
            return; // Kafka has not answered the one before: they must not pile up
        }
        try {
            Report said = report.get();
            NodeRecord.Heartbeat heartbeat =
                    new NodeRecord.Heartbeat(
                            role,
                            said.draining() || last,
                            sequence,
                            startedAtMs,
                            Version.CURRENT,
                            said.addresses(),
                            said.load(),
                            said.partitions());
            Incarnation self = incarnation;
            byte[] key = new NodeKey(self, false).encode();
            var _ =
                    producer.send(
                            new ProducerRecord<>(topic, 0, key, heartbeat.encode()),
                            (metadata, failure) -> answered(self, metadata, failure));
        } catch (KafkaException e) {
            underWay.set(false);
            refused.increment();
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("Heartbeat not sent");
        } catch (Throwable e) {
            underWay.set(false); // or there would never be another
            refused.increment();
            throw e;
        }
    }

    private void answered(
            Incarnation self, @Nullable RecordMetadata metadata, @Nullable Exception failure) {
        underWay.set(false);
        if (failure != null || metadata == null) {
            refused.increment();
            LOG.atWarn()
                    .addKeyValue("reason", failure == null ? "no answer" : failure.getMessage())
                    .log("Heartbeat not confirmed");
            return;
        }
        confirmed.increment();
        became(self);
        if (metadata.hasTimestamp()) { // none where the broker had it already from an earlier try
            time.confirmed(metadata.timestamp(), clock.nanoTime());
            firstConfirmed.countDown();
        }
    }

    private long ageSeconds() {
        Duration since = time.sinceConfirmed();
        return since == null ? Long.MAX_VALUE : since.toSeconds();
    }

    /** Says once more that the node leaves, and waits a moment for Kafka to have it. */
    @Override
    public void close() {
        task.close();
        ticking.cancel(false);
        try {
            thread.execute(() -> task.run(() -> beat(true)));
        } catch (RejectedExecutionException e) {
            return; // closed before
        }
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(CLOSE_WAIT);
    }
}
