package io.lastmile.router.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.router.heart.Event;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the edges' events of the owned partitions; a consumer without a group, on one thread. */
public final class EventsReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventsReader.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /** While an owner wants no more for now: nobody says when it does again. */
    private static final Duration POLL_PAUSED = Duration.ofMillis(100);

    private static final Duration IDLE = Duration.ofMillis(200);

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Metrics.Counter opened;
    private final Metrics.Counter acked;
    private final Metrics.Counter ended;
    private final Metrics.Counter unreadable;
    private final ConcurrentLinkedQueue<Runnable> errands = new ConcurrentLinkedQueue<>();
    private final Map<TopicPartition, OwnedPartition> reading = new HashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    /** Reads nothing yet. */
    public EventsReader(KafkaSettings kafka, Metrics metrics) {
        this.topic = kafka.topic(Topic.EVENTS);
        this.opened = metrics.counter(Metric.ROUTER_EVENTS, "opened");
        this.acked = metrics.counter(Metric.ROUTER_EVENTS, "acked");
        this.ended = metrics.counter(Metric.ROUTER_EVENTS, "ended");
        this.unreadable = metrics.counter(Metric.ROUTER_REJECTED, "events");
        this.consumer =
                new KafkaConsumer<>(
                        kafka.consumer(
                                Map.of(
                                        ConsumerConfig.CLIENT_ID_CONFIG,
                                        kafka.prefix() + "events",
                                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                        "earliest",
                                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                        false,
                                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                        2_000)),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        this.thread = Thread.ofPlatform().name("router-events").unstarted(this::run);
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    /** Reads the partition's events from its position on. */
    void add(OwnedPartition owned) {
        soon(() -> {
            TopicPartition place = new TopicPartition(topic, owned.partition());
            reading.put(place, owned);
            consumer.assign(reading.keySet());
            consumer.seek(place, owned.start().eventsPosition());
        });
    }

    /** Reads it no more, unless it has been claimed again since. */
    void remove(OwnedPartition owned) {
        soon(() -> {
            TopicPartition place = new TopicPartition(topic, owned.partition());
            if (reading.remove(place, owned)) {
                consumer.assign(reading.keySet());
            }
        });
    }

    private void soon(Runnable errand) {
        errands.add(errand);
        consumer.wakeup();
    }

    private void run() {
        while (!closed) {
            try {
                for (Runnable errand = errands.poll(); errand != null; errand = errands.poll()) {
                    errand.run();
                }
                if (reading.isEmpty()) {
                    idle();
                } else {
                    pauseAndResume();
                    take(consumer.poll(consumer.paused().isEmpty() ? POLL : POLL_PAUSED));
                }
            } catch (WakeupException e) {
                // an errand, or the end
            } catch (OffsetOutOfRangeException e) {
                e.offsetOutOfRangePartitions().keySet().forEach(place -> lost(place, e));
            } catch (KafkaException e) {
                log.atWarn()
                        .addKeyValue("reason", String.valueOf(e.getMessage()))
                        .log("events not read, trying again");
            } catch (RuntimeException e) { // a bug; the other partitions go on
                log.atError().setCause(e).log("reading events failed");
            }
        }
        consumer.close();
    }

    /** Retention took what was to be read next. A claim goes on behind the gap, and counts it. */
    private void lost(TopicPartition place, OffsetOutOfRangeException gap) {
        OwnedPartition owned = reading.remove(place);
        consumer.assign(reading.keySet());
        if (owned != null) {
            owned.lost(gap);
        }
    }

    private static void idle() {
        try {
            Thread.sleep(IDLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pauseAndResume() {
        reading.forEach((place, owned) -> {
            if (owned.wantsEvents()) {
                consumer.resume(List.of(place));
            } else {
                consumer.pause(List.of(place));
            }
        });
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition place : records.partitions()) {
            OwnedPartition owned = reading.get(place);
            if (owned == null) {
                continue;
            }
            List<Event> events = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : records.records(place)) {
                read(record, events);
            }
            owned.feed(events);
        }
        // The position passes holes, which no record tells of. Last, for it may be interrupted.
        reading.forEach((place, owned) -> owned.feedEventsReadTo(consumer.position(place)));
    }

    private void read(ConsumerRecord<byte[], byte[]> record, List<Event> events) {
        DeviceId device = MessageReading.device(record.key());
        if (device == null || record.value() == null) {
            refuse(record, "no device or no value");
            return;
        }
        try {
            EventRecord event = EventRecord.decode(record.value());
            events.add(new Event.EdgeEventRead(record.offset(), device, event));
            switch (event) {
                case EventRecord.Opened _ -> opened.increment();
                case EventRecord.Acked _ -> acked.increment();
                case EventRecord.Ended _ -> ended.increment();
            }
        } catch (MalformedException e) {
            refuse(record, String.valueOf(e.getMessage()));
        }
    }

    private void refuse(ConsumerRecord<byte[], byte[]> record, String reason) {
        unreadable.increment();
        log.atWarn()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", reason)
                .log("event not understood, passed over");
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
