package io.lastmile.api.kafka;

import io.lastmile.node.Shares;
import io.lastmile.node.Task;
import io.lastmile.node.Tasks;
import io.lastmile.node.kafka.BroadcastReader;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TraceReader;
import io.lastmile.node.trace.MessageTrace;
import io.lastmile.node.trace.NoTraceException;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.RevocationRecord;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
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
 * Traces read from the topics: a few at once, shared by callers, each within a deadline, since a
 * busy partition or a message that waited for days is a lot to read. Any thread; a reading blocks.
 */
public final class Traces implements AutoCloseable {
    private static final int AT_ONCE_MAX = 4;

    /** So long a trace waits for its turn. */
    private static final Duration TURN_WITHIN = Duration.ofSeconds(4);

    private static final Duration DEADLINE = Duration.ofSeconds(8);
    private static final Duration LOOKBACK = Duration.ofHours(1);

    private final KafkaSettings kafka;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Supplier<Consumer<byte[], byte[]>> uncommitted;
    private final Supplier<Map<Incarnation, NodeRecord.Gone>> gone;
    private final Task task;
    private final Function<DeviceId, Optional<RevocationRecord>> revocations;
    private final Shares readings = new Shares(AT_ONCE_MAX);
    private final ScheduledExecutorService deadlines =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("lastmile-trace-deadlines").daemon().factory());

    /** Why there is no trace right now. */
    public enum Refusal {
        /** As many are being read as may be, or as are this caller's share. */
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

    /**
     * Traces of the topics of these settings; an edge that is gone has no sessions any more, and a
     * device that is revoked may not connect.
     */
    public Traces(
            KafkaSettings kafka,
            Supplier<Map<Incarnation, NodeRecord.Gone>> gone,
            Function<DeviceId, Optional<RevocationRecord>> revocations,
            Tasks tasks) {
        this(
                kafka,
                () -> reader(kafka, "api-traces"),
                () -> reader(kafka, "api-traces", "read_uncommitted"),
                gone,
                revocations,
                tasks);
    }

    /**
     * Traces read with consumers that are made elsewhere.
     *
     * @param uncommitted of what is not committed
     */
    public Traces(
            KafkaSettings kafka,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Consumer<byte[], byte[]>> uncommitted,
            Supplier<Map<Incarnation, NodeRecord.Gone>> gone,
            Function<DeviceId, Optional<RevocationRecord>> revocations,
            Tasks tasks) {
        this.kafka = kafka;
        this.task = tasks.task("api-trace-deadlines");
        this.consumers = consumers;
        this.uncommitted = uncommitted;
        this.gone = gone;
        this.revocations = revocations;
    }

    /** A consumer that belongs to no group, for what is committed. */
    public static Consumer<byte[], byte[]> reader(KafkaSettings kafka, String client) {
        return reader(kafka, client, "read_committed");
    }

    private static Consumer<byte[], byte[]> reader(
            KafkaSettings kafka, String client, String isolation) {
        return new KafkaConsumer<>(
                kafka.consumer(
                        Map.of(
                                ConsumerConfig.CLIENT_ID_CONFIG,
                                kafka.prefix() + client,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                isolation,
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
     * Reads, once it is the caller's turn.
     *
     * @param caller by whom room is shared
     * @throws RefusedTraceException where that cannot be now
     * @throws NoTraceException where there is nothing to tell of
     */
    public <T> T read(String caller, Function<TraceReader, T> reading)
            throws RefusedTraceException {
        return read(caller, consumers, consumer -> reading.apply(reader(consumer)));
    }

    /**
     * Reads what a broadcast's record says, once it is the caller's turn.
     *
     * @param caller by whom room is shared
     * @throws RefusedTraceException where that cannot be now
     */
    public Optional<BroadcastReader.Read> broadcast(BroadcastId id, String caller)
            throws RefusedTraceException {
        return read(
                caller, consumers, consumer -> new BroadcastReader(kafka, consumer).broadcast(id));
    }

    /**
     * Reads what there is of a message; where it stands behind an open transaction, only that.
     *
     * @param caller by whom room is shared
     * @throws RefusedTraceException where that cannot be now
     * @throws NoTraceException where there is none of that id
     */
    public MessageTrace message(
            MessageId id, String caller, Function<TraceReader, MessageTrace> reading)
            throws RefusedTraceException {
        try {
            return read(caller, reading);
        } catch (NoTraceException e) {
            if (!e.isBeyondStable()) {
                throw e;
            }
            return read(
                    caller, uncommitted, consumer -> reader(consumer).behindOpenTransaction(id));
        }
    }

    private TraceReader reader(Consumer<byte[], byte[]> consumer) {
        return new TraceReader(
                kafka, consumer, kafka.partitions(), gone, revocations, LOOKBACK.toMillis());
    }

    private <T> T read(
            String caller,
            Supplier<Consumer<byte[], byte[]>> makes,
            Function<Consumer<byte[], byte[]>, T> reading)
            throws RefusedTraceException {
        if (!isTurn(caller)) {
            throw new RefusedTraceException(Refusal.BUSY);
        }
        try (Closing open = new Closing(makes.get())) {
            Consumer<byte[], byte[]> consumer = open.consumer;
            Future<?> deadline = task.once(deadlines, DEADLINE, consumer::wakeup);
            try {
                return reading.apply(consumer);
            } finally {
                deadline.cancel(false);
            }
        } catch (WakeupException e) {
            throw new RefusedTraceException(Refusal.TOO_LONG);
        } catch (KafkaException e) {
            throw new RefusedTraceException(Refusal.KAFKA_AWAY);
        } finally {
            readings.give(caller, 1);
        }
    }

    private boolean isTurn(String caller) {
        try {
            return readings.await(caller, 1, TURN_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
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
