package io.lastmile.node.kafka;

import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that reads a topic of one partition from its start and goes on for ever, through any
 * absence of Kafka. Questions may come from any thread.
 */
final class TopicTail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicTail.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration POLL_WHEN_ASKED = Duration.ofMillis(20);
    private static final Duration END_WAIT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** Longer than any call to Kafka takes while it is away. */
    private static final Duration SILENCE_MAX = Duration.ofMinutes(2);

    private record ToEnd(long endOffset, CompletableFuture<@Nullable Void> done) {}

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final Runnable eachTurn;
    private final SetAside aside;
    private final java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> on;
    private final Queue<CompletableFuture<@Nullable Void>> asked = new ConcurrentLinkedQueue<>();
    private final Queue<ToEnd> reading = new ArrayDeque<>(); // the thread's own
    private final Task task;
    private final Thread thread;
    private volatile boolean closing;

    /**
     * Begins to read. A process that cannot is not ready.
     *
     * @param name of the thread
     * @param eachTurn what the thread does besides, before each poll
     * @param aside where records go that throw
     * @param on takes each record, on the thread
     */
    TopicTail(
            Consumer<byte[], byte[]> consumer,
            String topic,
            String name,
            Metrics metrics,
            Runnable eachTurn,
            SetAside aside,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> on) {
        this.consumer = consumer;
        this.eachTurn = eachTurn;
        this.aside = aside;
        this.on = on;
        partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        task = metrics.tasks().vital(name, SILENCE_MAX);
        thread =
                task.loop(
                        Thread.ofPlatform().name(name).daemon(),
                        () -> !closing,
                        this::turn,
                        this::end);
        thread.start();
    }

    /**
     * A consumer as it is needed here.
     *
     * @param fetching how it waits for news, if not as usual
     */
    static Consumer<byte[], byte[]> consumer(
            KafkaSettings kafka, String clientId, Map<String, Object> fetching) {
        Map<String, Object> settings = new HashMap<>(fetching);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        return new KafkaConsumer<>(kafka.consumer(settings));
    }

    /** Begins a turn now. */
    void wake() {
        consumer.wakeup();
    }

    /**
     * Completes, on the thread, when everything has been taken that was in the topic at the time of
     * this call; is cancelled when that will not come.
     */
    CompletionStage<@Nullable Void> readToEnd() {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        asked.add(done);
        if (closing) {
            done.cancel(false);
        }
        consumer.wakeup();
        return done;
    }

    private void turn() throws InterruptedException {
        try {
            eachTurn.run();
            askForEnd();
            aside.each(consumer.poll(reading.isEmpty() ? POLL : POLL_WHEN_ASKED), on);
            finish();
        } catch (WakeupException e) {
            LOG.atTrace().log("Somebody asks"); // what they ask stands in a queue
        } catch (InterruptException e) {
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        } catch (KafkaException e) {
            LOG.atWarn()
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("reason", e.getMessage())
                    .log("Cannot read");
            Thread.sleep(PAUSE);
        }
    }

    private void end() {
        asked.forEach(done -> done.cancel(false));
        reading.forEach(read -> read.done.cancel(false));
        consumer.close();
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

    /** Stops reading; who waits for the end is told that it will not come. */
    @Override
    public void close() {
        closing = true;
        task.close();
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
