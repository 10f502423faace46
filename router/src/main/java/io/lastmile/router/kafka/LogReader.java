package io.lastmile.router.kafka;

import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.router.heart.Event;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic for the owners of its partitions, each from its own position on, on one thread of
 * its own. It belongs to no group: an owner goes on reading until it is one no more.
 */
abstract sealed class LogReader implements AutoCloseable permits MessagesReader, EventsReader {
    private static final Logger log = LoggerFactory.getLogger(LogReader.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /** While an owner wants no more for now: nobody says when it does again. */
    private static final Duration POLL_PAUSED = Duration.ofMillis(100);

    /**
     * How long Kafka may hold a fetch where there is nothing new: only then the next goes out, with
     * the partitions that were added meanwhile.
     */
    private static final int FETCH_WAIT_MS = 100;

    /** Longer than any call to Kafka takes while it is away. */
    private static final Duration SILENCE_MAX = Duration.ofMinutes(2);

    private static final Duration IDLE = Duration.ofMillis(200);

    private final String topic;
    private final String name;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final LinkedBlockingQueue<Runnable> errands = new LinkedBlockingQueue<>();
    private final Map<TopicPartition, OwnedPartition> reading = new HashMap<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private final Task task;
    private final Thread thread;
    private volatile long lag;
    private volatile boolean closed;

    /** Reads nothing yet. */
    LogReader(KafkaSettings kafka, Topic topic, String isolation, Metrics metrics) {
        this.topic = kafka.topic(topic);
        this.name = topic.label();
        this.consumer =
                new KafkaConsumer<>(
                        kafka.consumer(
                                Map.of(
                                        ConsumerConfig.CLIENT_ID_CONFIG,
                                        kafka.prefix() + name,
                                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                        isolation,
                                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                        "none",
                                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                        false,
                                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                                        FETCH_WAIT_MS,
                                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                        2_000)),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        String thread = "router-" + name;
        this.task = metrics.tasks().vital(thread, SILENCE_MAX);
        this.thread =
                task.loop(
                        Thread.ofPlatform().name(thread),
                        () -> !closed,
                        this::turn,
                        consumer::close);
    }

    /** Where the owner's reading begins. */
    abstract long start(OwnedPartition owned);

    abstract boolean isWanted(OwnedPartition owned);

    /** What the records tell the heart. */
    abstract List<Event> events(int partition, List<ConsumerRecord<byte[], byte[]>> records);

    /** Everything below this position has been read. */
    abstract void readTo(OwnedPartition owned, long position);

    /** Begins. */
    public void start() {
        thread.start();
    }

    /** How many records of its partitions were not read when it last looked. */
    long lag() {
        return lag;
    }

    /** Reads the partition from its position on. */
    void add(OwnedPartition owned) {
        soon(() -> {
            TopicPartition place = place(owned);
            reading.put(place, owned);
            consumer.assign(reading.keySet());
            consumer.seek(place, start(owned));
            consumer.resume(List.of(place));
            paused.remove(place);
        });
    }

    /** Reads it no more, unless it has been claimed again since. */
    void remove(OwnedPartition owned) {
        soon(() -> {
            TopicPartition place = place(owned);
            if (reading.remove(place, owned)) {
                leave(place);
            }
        });
    }

    private void leave(TopicPartition place) {
        paused.remove(place);
        consumer.assign(reading.keySet());
    }

    private TopicPartition place(OwnedPartition owned) {
        return new TopicPartition(topic, owned.partition());
    }

    private void soon(Runnable errand) {
        errands.add(errand);
        consumer.wakeup();
    }

    private void turn() throws InterruptedException {
        try {
            runErrands();
            if (!reading.isEmpty()) {
                boolean anyPaused = pauseAndResume();
                take(consumer.poll(anyPaused ? POLL_PAUSED : POLL));
            }
        } catch (WakeupException e) {
            // an errand, or the end
        } catch (OffsetOutOfRangeException e) {
            e.offsetOutOfRangePartitions().keySet().forEach(place -> lost(place, e));
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("not read, trying again");
        }
    }

    /** Without a partition there is nothing to poll, and the next errand is waited for. */
    private void runErrands() throws InterruptedException {
        Runnable errand = next();
        while (errand != null) {
            errand.run();
            errand = errands.poll();
        }
    }

    private @Nullable Runnable next() throws InterruptedException {
        return reading.isEmpty()
                ? errands.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS)
                : errands.poll();
    }

    /** Retention took what was to be read next. A claim goes on behind the gap, and counts it. */
    private void lost(TopicPartition place, OffsetOutOfRangeException gap) {
        OwnedPartition owned = reading.remove(place);
        leave(place);
        if (owned != null) {
            owned.lost(gap);
        }
    }

    /**
     * Only where it changes: the consumer takes either as news. What is paused is noted here, since
     * the consumer makes a new set of it whenever it is asked.
     */
    private boolean pauseAndResume() {
        for (Map.Entry<TopicPartition, OwnedPartition> entry : reading.entrySet()) {
            TopicPartition place = entry.getKey();
            if (isWanted(entry.getValue())) {
                if (paused.remove(place)) {
                    consumer.resume(List.of(place));
                }
            } else if (paused.add(place)) {
                consumer.pause(List.of(place));
            }
        }
        return !paused.isEmpty();
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition place : records.partitions()) {
            OwnedPartition owned = reading.get(place);
            if (owned != null) {
                feed(owned, records.records(place));
            }
        }
        // The position passes markers and holes, which no record tells of. Last, for it may be
        // interrupted.
        long behind = 0;
        for (Map.Entry<TopicPartition, OwnedPartition> entry : reading.entrySet()) {
            readTo(entry.getValue(), consumer.position(entry.getKey()));
            behind += consumer.currentLag(entry.getKey()).orElse(0);
        }
        lag = behind;
    }

    /** What was polled comes no second time: where it cannot be told, the claim reads it again. */
    private void feed(OwnedPartition owned, List<ConsumerRecord<byte[], byte[]>> records) {
        try {
            owned.feed(events(owned.partition(), records));
        } catch (Throwable e) {
            task.failed(e);
            owned.lost(new IllegalStateException("records of " + topic + " were not taken", e));
        }
    }

    @Override
    public void close() {
        closed = true;
        task.close();
        if (thread.getState() == Thread.State.NEW) {
            consumer.close();
            return;
        }
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
