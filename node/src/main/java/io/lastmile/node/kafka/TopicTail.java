package io.lastmile.node.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
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

    private record ToEnd(long endOffset, CompletableFuture<@Nullable Void> done) {}

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final Runnable eachTurn;
    private final java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> on;
    private final Queue<CompletableFuture<@Nullable Void>> asked = new ConcurrentLinkedQueue<>();
    private final Queue<ToEnd> reading = new ArrayDeque<>(); // the thread's own
    private final Thread thread;
    private volatile boolean closing;

    /**
     * Begins to read.
     *
     * @param name of the thread
     * @param eachTurn what the thread does besides, before each poll
     * @param on takes each record, on the thread
     */
    TopicTail(
            Consumer<byte[], byte[]> consumer,
            String topic,
            String name,
            Runnable eachTurn,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> on) {
        this.consumer = consumer;
        this.eachTurn = eachTurn;
        this.on = on;
        partition = new TopicPartition(topic, 0);
        thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    /** A consumer as it is needed here. */
    static Consumer<byte[], byte[]> consumer(KafkaSettings kafka, String clientId) {
        return new KafkaConsumer<>(
                kafka.consumer(
                        Map.of(
                                ConsumerConfig.CLIENT_ID_CONFIG, clientId,
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted")));
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

    private void run() {
        try (consumer) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (!closing) {
                try {
                    eachTurn.run();
                    askForEnd();
                    consumer.poll(reading.isEmpty() ? POLL : POLL_WHEN_ASKED).forEach(on);
                    finish();
                } catch (WakeupException e) {
                    LOG.atTrace().log("Somebody asks"); // what they ask stands in a queue
                } catch (KafkaException e) {
                    LOG.atWarn()
                            .addKeyValue("topic", partition.topic())
                            .addKeyValue("reason", e.getMessage())
                            .log("Cannot read");
                    pause();
                }
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("The view of " + partition.topic() + " ends");
        } finally {
            closing = true;
            asked.forEach(done -> done.cancel(false));
            reading.forEach(read -> read.done.cancel(false));
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
