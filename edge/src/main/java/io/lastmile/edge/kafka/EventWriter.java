package io.lastmile.edge.kafka;

import io.lastmile.edge.session.EventSink;
import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
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
 * Writes the events of sessions to Kafka, each again and again until Kafka has it. Event loops only
 * hand over; a thread of its own sends, since a producer may block while Kafka is away.
 *
 * <p>The hand-over has no capacity: what may wait in it is bounded by the sessions, each of which
 * holds at most two windows of unconfirmed acks, and new sessions are refused while Kafka is away.
 */
public final class EventWriter implements EventSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);
    private static final long RETRY_PAUSE_MS = 100;
    private static final long POLL_MS = 200;
    private static final long GATHER_NS = 500_000;

    /**
     * So long an acknowledgement waits for others, unless a session needs it in Kafka: it is short
     * of room, or over. Only a receipt waits with it, and that waits longer for its transaction;
     * each request saved is one to Kafka, and one less to every router that reads them.
     */
    private static final Duration GATHER_ACKED = Duration.ofMillis(40);

    /** A send waits a second for room, and a batch of events is gathered behind it. */
    private static final Duration SILENCE_MAX = Duration.ofMinutes(2);

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final String topic;
    private final Clock clock;
    private final Metrics.Counter opened;
    private final Metrics.Counter acked;
    private final Metrics.Counter ended;
    private final Metrics.Counter copiesAcked;
    private final Metrics.Histogram duration;
    private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final AtomicBoolean gathersAcked = new AtomicBoolean();
    private final long gatherAckedNs;
    private final CopyAcks copyAcks = new CopyAcks(); // the thread's own
    private final Thread thread;
    private Producer<byte[], byte[]> producer; // the thread's own after its start
    private boolean isTopicKnown; // the thread's own
    private volatile boolean closing;
    private volatile boolean isOver;
    private volatile boolean isWantedSoon;

    /** A writer to the events topic. */
    public EventWriter(KafkaSettings kafka, Incarnation incarnation, Clock clock, Metrics metrics) {
        this(
                () -> new KafkaProducer<>(kafka.producer(producerSettings(incarnation))),
                kafka.topic(Topic.EVENTS),
                GATHER_ACKED,
                clock,
                metrics);
    }

    /** A writer that makes a new producer when one will send no more. */
    EventWriter(
            Supplier<Producer<byte[], byte[]>> producers,
            String topic,
            Duration gatherAcked,
            Clock clock,
            Metrics metrics) {
        this.producers = producers;
        this.topic = topic;
        gatherAckedNs = gatherAcked.toNanos();
        this.clock = clock;
        opened = metrics.counter(Metric.EDGE_EVENTS, "opened");
        acked = metrics.counter(Metric.EDGE_EVENTS, "acked");
        ended = metrics.counter(Metric.EDGE_EVENTS, "ended");
        copiesAcked = metrics.counter(Metric.EDGE_EVENTS, "copies-acked");
        duration = metrics.histogram(Metric.EDGE_EVENT_DURATION);
        metrics.gauge(Metric.EDGE_EVENTS_PENDING, pending::get);
        producer = producers.get();
        Task task = metrics.tasks().vital("edge-events", SILENCE_MAX);
        thread =
                task.loop(
                        Thread.ofPlatform().name("lastmile-events").daemon(),
                        () -> !isOver && (!closing || pending.get() > 0),
                        this::turn,
                        this::end);
        thread.start();
    }

    private static Map<String, Object> producerSettings(Incarnation incarnation) {
        return Map.of(
                ProducerConfig.CLIENT_ID_CONFIG,
                "lastmile-events-" + incarnation.node(),
                ProducerConfig.LINGER_MS_CONFIG,
                2,
                // A batch of a partition holds a few short events: a compressor for each was nine
                // tenths of what an edge allocated in a storm, and saves few bytes.
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "none",
                ProducerConfig.BATCH_SIZE_CONFIG,
                64 << 10,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                32L << 20,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                1_000L,
                // Where nobody connects for a while the topic is not forgotten.
                ProducerConfig.METADATA_MAX_IDLE_CONFIG,
                Duration.ofDays(1).toMillis());
    }

    @Override
    public void write(
            DeviceId device, int partition, EventRecord event, Confirmation confirmation) {
        pending.incrementAndGet();
        queue.add(new Pending.OfSession(device, partition, event, confirmation, clock.nanoTime()));
        if (!(event instanceof EventRecord.Acked)) {
            endGathering(); // routers wait for a session's beginning and its end
        }
    }

    @Override
    public void acknowledge(
            int partition,
            Incarnation edge,
            long offset,
            CopiesAckedRecord.Ack ack,
            Confirmation confirmation) {
        pending.incrementAndGet();
        Pending.Mark mark = new Pending.Mark(partition, edge, offset);
        queue.add(new Pending.OfCopy(mark, ack, confirmation, clock.nanoTime()));
    }

    @Override
    public void hasten() {
        isWantedSoon = true;
        endGathering();
    }

    /** Whether acknowledgements wait for others. */
    boolean isGathering() {
        return gathersAcked.get();
    }

    private void endGathering() {
        if (gathersAcked.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    /** How many events Kafka has not confirmed. */
    public long pending() {
        return pending.get();
    }

    private void turn() throws InterruptedException {
        if (!isTopicKnown) {
            isTopicKnown = true;
            askWhereTopicIs();
        }
        Pending next = queue.poll(POLL_MS, TimeUnit.MILLISECONDS);
        if (next != null && mayWait(next) && !closing) {
            gatherAcked();
        }
        while (next != null) {
            take(next);
            next = nextSoon();
        }
        sendCopyAcks();
    }

    /** Whether it is an acknowledgement, which may be a little later. */
    private static boolean mayWait(Pending one) {
        return switch (one) {
            case Pending.OfSession(_, _, var event, _, _) -> event instanceof EventRecord.Acked;
            case Pending.OfCopy _ -> true;
            case Pending.OfCopies _ -> false; // they have waited
        };
    }

    private void take(Pending next) throws InterruptedException {
        if (!(next instanceof Pending.OfCopy copy)) {
            send(next);
        } else {
            Pending.OfCopies enough = copyAcks.add(copy, clock.nanoTime());
            if (enough != null) {
                send(enough);
            }
        }
        // While others come and come, these do not wait longer than for them.
        if (!copyAcks.isEmpty() && clock.nanoTime() - copyAcks.sinceNs() > gatherAckedNs) {
            sendCopyAcks();
        }
    }

    private void sendCopyAcks() throws InterruptedException {
        List<Pending.OfCopies> gathered = copyAcks.take();
        for (int i = 0; i < gathered.size(); i++) {
            try {
                send(gathered.get(i));
            } catch (RuntimeException | Error e) { // this one is kept, and so are the others
                queue.addAll(gathered.subList(i + 1, gathered.size()));
                throw e;
            }
        }
    }

    private void end() {
        if (pending.get() > 0) {
            LOG.atWarn()
                    .addKeyValue("pending", pending.get())
                    .log("Stopped with events that Kafka has not confirmed");
        }
    }

    /** Now, so that the first event does not wait for Kafka to say it. */
    private void askWhereTopicIs() {
        try {
            var _ = producer.partitionsFor(topic);
        } catch (KafkaException e) {
            LOG.atDebug()
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("Kafka does not say yet where events go");
        }
    }

    /** Waits a little while nothing but acknowledgements comes. */
    private void gatherAcked() {
        gathersAcked.set(true);
        boolean areAllAcked = queue.stream().allMatch(EventWriter::mayWait);
        if (areAllAcked && !isWantedSoon) {
            LockSupport.parkNanos(gatherAckedNs);
        }
        gathersAcked.set(false);
        isWantedSoon = false;
    }

    /**
     * The next one. Where one comes, others mostly follow: this thread looks again a little later,
     * so that an event loop does not have to wake it up for each.
     */
    private @Nullable Pending nextSoon() {
        Pending next = queue.poll();
        if (next == null) {
            LockSupport.parkNanos(GATHER_NS);
            next = queue.poll();
        }
        return next;
    }

    private void send(Pending event) throws InterruptedException {
        if (failing.get()) {
            Thread.sleep(RETRY_PAUSE_MS); // a refusal at once must not become a spin
        }
        try {
            var _ =
                    producer.send(
                            record(event),
                            (metadata, failure) -> answered(event, metadata, failure));
        } catch (KafkaException | IllegalStateException e) { // this producer will send no more
            retry(event, e);
            replaceProducer();
        } catch (RuntimeException | Error e) { // an event that is not kept is an ack that is lost
            retry(event, null);
            throw e;
        }
    }

    private ProducerRecord<byte[], byte[]> record(Pending event) {
        return switch (event) {
            case Pending.OfSession(var device, int partition, var what, _, _) ->
                    new ProducerRecord<>(topic, partition, device.bytes(), what.encode());
            case Pending.OfCopies copies ->
                    new ProducerRecord<>(
                            topic, copies.mark().partition(), null, copies.record().encode());
            case Pending.OfCopy copy ->
                    throw new IllegalStateException("not gathered: " + copy.mark());
        };
    }

    private void answered(
            Pending event, @Nullable RecordMetadata metadata, @Nullable Exception failure) {
        if (failure != null || metadata == null) {
            retry(event, failure);
            return;
        }
        // A broker that had the record from an earlier try may not say where. An opened is ranked
        // by where it stands, so it is written once more; its session is the same.
        if (event instanceof Pending.OfSession(_, _, EventRecord.Opened _, _, _)
                && !metadata.hasOffset()) {
            retry(event, null);
            return;
        }
        if (failing.compareAndSet(true, false)) {
            LOG.atInfo().log("Events reach Kafka again");
        }
        switch (event) {
            case Pending.OfSession(_, _, var what, var confirmation, long writtenNs) -> {
                counter(what).increment();
                confirm(confirmation, writtenNs, metadata.offset());
            }
            case Pending.OfCopies(_, var all) -> {
                copiesAcked.increment();
                all.forEach(one -> confirm(one.confirmation(), one.writtenNs(), metadata.offset()));
            }
            case Pending.OfCopy _ -> {} // is never sent
        }
    }

    private Metrics.Counter counter(EventRecord event) {
        return switch (event) {
            case EventRecord.Opened _ -> opened;
            case EventRecord.Acked _ -> acked;
            case EventRecord.Ended _ -> ended;
        };
    }

    private void confirm(Confirmation confirmation, long writtenNs, long offset) {
        duration.observeNs(clock.nanoTime() - writtenNs);
        confirmation.confirmed(offset);
        pending.decrementAndGet();
    }

    private void retry(Pending event, @Nullable Exception failure) {
        if (failing.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("reason", failure == null ? "no offset" : failure.getMessage())
                    .log("Events do not reach Kafka; they are kept and written again");
        }
        queue.add(event);
    }

    private void replaceProducer() {
        producer.close(Duration.ZERO); // what it still held comes back through its callbacks
        producer = producers.get();
    }

    /** Waits, bounded, until Kafka has everything, and stops. */
    @Override
    public void close() {
        closing = true;
        hasten();
        try {
            if (!thread.join(CLOSE_WAIT)) {
                isOver = true;
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(1));
    }
}
