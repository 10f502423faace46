package io.lastmile.api.kafka;

import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TraceReader;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeRecord;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Traces read from the topics: a few at once, each within a deadline, since a busy partition or a
 * message that waited for days is a lot to read. Any thread; a reading blocks.
 */
public final class Traces implements AutoCloseable {
    private static final int AT_ONCE_MAX = 4;
    private static final Duration DEADLINE = Duration.ofSeconds(8);
    private static final Duration LOOKBACK = Duration.ofHours(1);

    private final KafkaSettings kafka;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Supplier<Map<Incarnation, NodeRecord.Gone>> gone;
    private final Semaphore free = new Semaphore(AT_ONCE_MAX);
    private final ScheduledExecutorService deadlines =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("lastmile-trace-deadlines").daemon().factory());

    /** Why there is no trace right now. */
    public enum Refusal {
        /** As many are being read as may be. */
        BUSY,
        /** It is more than can be read in time. */
        TOO_LONG,
        /** Kafka does not answer. */
        KAFKA_AWAY
    }

    /** A trace that cannot be read right now. */
    public static final class RefusedTraceException extends Exception {
        private static final long serialVersionUID = 1;

        private final Refusal refusal;

        RefusedTraceException(Refusal refusal) {
            super(refusal.name(), null, false, false);
            this.refusal = refusal;
        }

        /** The reason. */
        public Refusal refusal() {
            return refusal;
        }
    }

    /** Traces of the topics of these settings; an edge that is gone has no sessions any more. */
    public Traces(KafkaSettings kafka, Supplier<Map<Incarnation, NodeRecord.Gone>> gone) {
        this(kafka, () -> reader(kafka, "api-traces"), gone);
    }

    /** Traces read with consumers that are made elsewhere. */
    public Traces(
            KafkaSettings kafka,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Map<Incarnation, NodeRecord.Gone>> gone) {
        this.kafka = kafka;
        this.consumers = consumers;
        this.gone = gone;
    }

    /** A consumer that belongs to no group, for what is committed. */
    public static Consumer<byte[], byte[]> reader(KafkaSettings kafka, String client) {
        return new KafkaConsumer<>(
                kafka.consumer(
                        Map.of(
                                ConsumerConfig.CLIENT_ID_CONFIG,
                                kafka.prefix() + client,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest",
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false,
                                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                                50,
                                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                                2_000)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /**
     * Reads.
     *
     * @throws RefusedTraceException where that cannot be now
     * @throws io.lastmile.node.trace.NoTraceException where there is nothing to tell of
     */
    public <T> T read(Function<TraceReader, T> reading) throws RefusedTraceException {
        if (!free.tryAcquire()) {
            throw new RefusedTraceException(Refusal.BUSY);
        }
        try (Closing open = new Closing(consumers.get())) {
            Consumer<byte[], byte[]> consumer = open.consumer;
            Future<?> deadline =
                    deadlines.schedule(
                            consumer::wakeup, DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            try {
                return reading.apply(
                        new TraceReader(
                                kafka, consumer, kafka.partitions(), gone, LOOKBACK.toMillis()));
            } finally {
                deadline.cancel(false);
            }
        } catch (WakeupException e) {
            throw new RefusedTraceException(Refusal.TOO_LONG);
        } catch (KafkaException e) {
            throw new RefusedTraceException(Refusal.KAFKA_AWAY);
        } finally {
            free.release();
        }
    }

    /** A consumer that is closed without waiting: it has nothing to hand over. */
    private record Closing(Consumer<byte[], byte[]> consumer) implements AutoCloseable {
        @Override
        public void close() {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
    }
}
