package io.lastmile.router.kafka;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.node.kafka.BroadcastReader;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bodies of messages: a cache bounded by bytes, and behind it the log itself, read back by one
 * thread in sorted runs. Requests are bounded by what the hearts ask for: a window a device.
 */
public final class Bodies implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Bodies.class);

    /** Offsets that are this close are read in one run rather than sought one by one. */
    private static final long RUN_GAP_OFFSETS = 200;

    private static final int ENTRY_OVERHEAD_BYTES = 400;

    /** Longer than any call to Kafka takes while it is away. */
    private static final Duration SILENCE_MAX = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaSettings kafka;
    private final Topic topic;
    private final Cache<MessageId, Message> cache;
    private final LinkedBlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Metrics.Counter hits;
    private final Metrics.Counter misses;
    private final List<Request> batch = new ArrayList<>(); // the thread's own
    private final Task task;
    private final Thread thread;
    private volatile boolean closed;

    private record Request(MessageId place, Consumer<@Nullable Message> answer) {}

    /**
     * Begins to read back what is asked for.
     *
     * @param topic messages or broadcasts
     */
    public Bodies(KafkaSettings kafka, Topic topic, long cacheBytesMax, Metrics metrics) {
        this.kafka = kafka;
        this.topic = topic;
        this.cache =
                Caffeine.newBuilder()
                        .maximumWeight(cacheBytesMax)
                        .weigher((MessageId place, Message message) ->
                                message.payload().length() + ENTRY_OVERHEAD_BYTES)
                        // By default another thread is woken up for each write's upkeep, which
                        // costs more than the upkeep.
                        .executor(Runnable::run)
                        .build();
        this.hits = metrics.counter(Metric.ROUTER_BODIES, topic.label(), "hit");
        this.misses = metrics.counter(Metric.ROUTER_BODIES, topic.label(), "miss");
        metrics.gauge(
                Metric.ROUTER_BODY_CACHE,
                () -> cache.policy().eviction().orElseThrow().weightedSize().orElse(0),
                topic.label());
        this.consumer =
                new KafkaConsumer<>(
                        kafka.consumer(
                                Map.of(
                                        ConsumerConfig.CLIENT_ID_CONFIG,
                                        kafka.prefix() + "bodies-" + topic.label(),
                                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                        "none",
                                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                        false)),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        this.task = metrics.tasks().vital("router-bodies-" + topic.label(), SILENCE_MAX);
        this.thread =
                task.loop(
                        Thread.ofPlatform().name("router-bodies-" + topic.label()),
                        () -> !closed,
                        this::turn,
                        consumer::close);
        thread.start();
    }

    /** Keeps a body that was just read. */
    void keep(int partition, long offset, Message message) {
        cache.put(new MessageId(partition, offset), message);
    }

    /** Forgets a body whose message is settled. */
    void forget(int partition, long offset) {
        cache.invalidate(new MessageId(partition, offset));
    }

    /** Answers with the body, at once or later; with null where retention took it. */
    void load(int partition, long offset, Consumer<@Nullable Message> answer) {
        MessageId place = new MessageId(partition, offset);
        Message cached = cache.getIfPresent(place);
        if (cached != null) {
            hits.increment();
            answer.accept(cached);
        } else {
            misses.increment();
            requests.add(new Request(place, answer));
        }
    }

    private void turn() throws InterruptedException {
        try {
            if (batch.isEmpty()) {
                Request first = requests.poll(1, TimeUnit.SECONDS);
                if (first == null) {
                    return;
                }
                batch.add(first);
                requests.drainTo(batch, 10_000);
                batch.sort(
                        Comparator.comparingInt((Request r) -> r.place.partition())
                                .thenComparingLong(r -> r.place.offset()));
            }
            readBack(batch);
        } catch (WakeupException | InterruptException e) {
            log.atTrace().log("closing");
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("bodies not read back, trying again");
        }
    }

    /** Answers the requests from the front, and takes the answered ones out. */
    private void readBack(List<Request> batch) {
        while (!batch.isEmpty()) {
            MessageId first = batch.getFirst().place;
            TopicPartition place = new TopicPartition(kafka.topic(topic), first.partition());
            consumer.assign(List.of(place));
            long start = consumer.beginningOffsets(List.of(place)).getOrDefault(place, 0L);
            consumer.seek(place, Math.max(start, first.offset()));
            readRun(batch, place);
        }
    }

    private void readRun(List<Request> batch, TopicPartition place) {
        while (!batch.isEmpty() && batch.getFirst().place.partition() == place.partition()) {
            long position = consumer.position(place);
            Request next = batch.getFirst();
            if (next.place.offset() < position) {
                answer(batch.removeFirst(), null); // passed it: it is not in the log any more
                continue;
            }
            if (next.place.offset() - position > RUN_GAP_OFFSETS) {
                return;
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                take(batch, record);
            }
        }
    }

    private void take(List<Request> batch, ConsumerRecord<byte[], byte[]> record) {
        while (!batch.isEmpty()
                && batch.getFirst().place.partition() == record.partition()
                && batch.getFirst().place.offset() <= record.offset()) {
            Request request = batch.removeFirst();
            answer(request, request.place.offset() == record.offset() ? record : null);
        }
    }

    private void answer(Request request, @Nullable ConsumerRecord<byte[], byte[]> record) {
        Message message = null;
        if (record != null) {
            try {
                message = message(record);
            } catch (MalformedException e) {
                message = null; // it was readable when it was parked: a stricter version now
            }
        }
        request.answer.accept(message);
    }

    private @Nullable Message message(ConsumerRecord<byte[], byte[]> record) {
        if (topic == Topic.BROADCASTS) {
            return BroadcastReader.decode(record) instanceof BroadcastRecord.Post post
                    ? post.message()
                    : null;
        }
        DeviceId device = MessageReading.device(record.key());
        return record.value() == null || device == null
                ? null
                : MessageReading.message(record, device);
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
