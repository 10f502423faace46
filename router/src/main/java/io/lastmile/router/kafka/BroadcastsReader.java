package io.lastmile.router.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.node.kafka.BroadcastReader;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.HeartSettings;
import io.lastmile.router.owner.BroadcastKeys;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads broadcasts once for all owned partitions, on a thread of its own: from the lowest position
 * of theirs on, since an owner passes over what it has read before.
 */
public final class BroadcastsReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BroadcastsReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration POLL_PAUSED = Duration.ofMillis(50);
    private static final Duration IDLE = Duration.ofMillis(200);
    private static final int FETCH_WAIT_MS = 100;

    private static final long NOWHERE = Long.MAX_VALUE;

    /** So many may stand in a window of idempotency keys. */
    private static final long RECORDS_BEFORE = 1_000;

    private static final Duration SILENCE_MAX = Duration.ofMinutes(2);

    private final TopicPartition place;
    private final Bodies bodies;
    private final Metrics.Counter read;
    private final BroadcastKeys keys;
    private final int bytesMax;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final LinkedBlockingQueue<Runnable> errands = new LinkedBlockingQueue<>();
    private final Set<OwnedPartition> owners = new HashSet<>();
    private long seekTo = NOWHERE; // the thread's own, as are the owners
    private boolean isReading;
    private final Task task;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Reads nothing yet.
     *
     * @param bodies of broadcasts, which are kept at hand
     * @param settings how long idempotency keys count, and how long a payload may be
     */
    public BroadcastsReader(
            KafkaSettings kafka, Bodies bodies, HeartSettings settings, Metrics metrics) {
        this.keys = new BroadcastKeys(settings.keys().windowMs());
        this.bytesMax = settings.bodies().bytesMax();
        this.place = new TopicPartition(kafka.topic(Topic.BROADCASTS), 0);
        this.bodies = bodies;
        this.read = metrics.counter(Metric.ROUTER_BROADCASTS_READ);
        this.consumer =
                new KafkaConsumer<>(
                        kafka.consumer(
                                Map.of(
                                        ConsumerConfig.CLIENT_ID_CONFIG,
                                        kafka.prefix() + "broadcasts",
                                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                        "read_committed",
                                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                        "earliest", // what retention took has expired
                                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                        false,
                                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                                        FETCH_WAIT_MS,
                                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                        500)),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        this.task = metrics.tasks().vital("router-broadcasts", SILENCE_MAX);
        this.thread =
                task.loop(
                        Thread.ofPlatform().name("router-broadcasts"),
                        () -> !closed,
                        this::turn,
                        consumer::close);
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    /** Reads for that owner too, from its position on. */
    void add(OwnedPartition owned) {
        soon(() -> {
            owners.add(owned);
            seekTo = Math.min(seekTo, owned.broadcastsPosition());
        });
    }

    /**
     * An owner has begun that is behind. Where all begin, keys may still count that stand a window
     * before the first position; owners pass over what is read for those alone.
     */
    private void seek() {
        long from = Math.min(seekTo, end());
        if (!isReading) {
            consumer.assign(List.of(place));
            consumer.seek(place, Math.max(0, from - RECORDS_BEFORE));
            isReading = true;
        } else if (consumer.position(place) > from) {
            consumer.seek(place, from);
        }
        seekTo = NOWHERE; // last, for a wake-up may interrupt the above
    }

    /** Where broadcasts end; owners that have read further are told. */
    private long end() {
        long end = consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
        for (OwnedPartition owned : owners) {
            if (owned.broadcastsPosition() > end) {
                log.atError()
                        .addKeyValue("partition", owned.partition())
                        .addKeyValue("checkpoint", owned.broadcastsPosition())
                        .addKeyValue("from", end)
                        .log("log gap: Kafka lost the end of broadcasts, or the topic was deleted");
                owned.feed(new Event.BroadcastsEnd(end));
            }
        }
        return end;
    }

    /** Reads for it no more. */
    void remove(OwnedPartition owned) {
        soon(() -> {
            if (owners.remove(owned) && owners.isEmpty()) {
                consumer.unsubscribe();
                isReading = false;
            }
        });
    }

    private void soon(Runnable errand) {
        errands.add(errand);
        consumer.wakeup();
    }

    private void turn() throws InterruptedException {
        try {
            Runnable errand =
                    owners.isEmpty()
                            ? errands.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS)
                            : errands.poll();
            for (; errand != null; errand = errands.poll()) {
                errand.run();
            }
            if (!owners.isEmpty()) {
                if (seekTo != NOWHERE) {
                    seek();
                }
                poll();
            }
        } catch (WakeupException e) {
            // an errand, or the end
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("topic", place.topic())
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("not read, trying again");
        }
    }

    /** One that wants no more for now holds up all: a broadcast is read once for everybody. */
    private void poll() {
        boolean isWanted = owners.stream().allMatch(OwnedPartition::wantsBroadcasts);
        if (isWanted) {
            consumer.resume(List.of(place));
        } else {
            consumer.pause(List.of(place));
        }
        List<Event> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                consumer.poll(isWanted ? POLL : POLL_PAUSED).records(place)) {
            events.add(event(record));
        }
        if (!events.isEmpty()) {
            read.add(events.size());
            tell(events);
            // Last, for it may be interrupted: what was polled is told by then.
            tell(List.of(new Event.BroadcastsReadTo(consumer.position(place))));
        }
    }

    private void tell(List<Event> events) {
        List.copyOf(owners).forEach(owned -> feed(owned, events));
    }

    private void feed(OwnedPartition owned, List<Event> events) {
        try {
            owned.feed(events);
        } catch (Throwable e) { // what was polled comes no second time
            task.failed(e);
            owned.lost(new IllegalStateException("broadcasts were not told", e));
            owners.remove(owned);
        }
    }

    private Event event(ConsumerRecord<byte[], byte[]> record) {
        try {
            BroadcastId id = new BroadcastId(record.offset());
            return switch (BroadcastReader.decode(record)) {
                case BroadcastRecord.Post post -> {
                    bodies.keep(0, record.offset(), post.message());
                    yield event(record, post.facts(id, record.timestamp()));
                }
                case BroadcastRecord.Cancel(var cancelled) -> {
                    keys.cancelled(cancelled);
                    yield new Event.BroadcastCancelled(record.offset(), cancelled);
                }
            };
        } catch (MalformedException e) {
            return unreadable(record, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.atError()
                    .addKeyValue("offset", record.offset())
                    .setCause(e)
                    .log("broadcast not understood by a bug, rejected");
            return unreadable(record, "it cannot be read: " + e);
        }
    }

    private Event event(ConsumerRecord<byte[], byte[]> record, BroadcastFacts facts) {
        if (facts.bodyBytes() > bytesMax) {
            return unreadable(
                    record,
                    "the payload has "
                            + facts.bodyBytes()
                            + " bytes, at most "
                            + bytesMax
                            + " are taken");
        }
        return keys.repeated(facts)
                .map(first -> unreadable(record, "duplicate of " + first))
                .orElseGet(() -> new Event.BroadcastRead(facts));
    }

    private static Event unreadable(ConsumerRecord<byte[], byte[]> record, String reason) {
        return new Event.BroadcastUnreadable(record.offset(), reason, new RejectedRecord(record));
    }

    @Override
    public void close() {
        closed = true;
        task.close();
        consumer.wakeup();
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
