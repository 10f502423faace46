package io.lastmile.api.kafka;

import io.lastmile.api.kafka.IdempotencyKeys.First;
import io.lastmile.api.kafka.SendResult.Reason;
import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.RevocationKey;
import io.lastmile.wire.record.RevocationRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of messages into Kafka: one idempotent producer, acks=all, and an answer within a
 * deadline. What Kafka does not confirm in time the producer gives up too, so that it is not kept
 * and sent long after its sender was told. Any thread; {@link #send} blocks.
 */
public final class MessageSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MessageSender.class);
    private static final int BATCH_BYTES = 64 << 10;

    /** Kafka's client forgets a topic after five minutes in which nobody sends to it. */
    private static final Duration CONFIRMING = Duration.ofSeconds(10);

    private static final long NEVER = Long.MIN_VALUE;

    private final IdempotencyKeys keys;
    private final BroadcastSender broadcasts;
    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final String revocations;
    private final int partitions;
    private final Duration deadline;
    private final Deadlines deadlines;
    private final Clock clock;
    private volatile long acceptedNs = NEVER;
    private final Metrics.Counter accepted;
    private final Metrics.Counter payloadBytes;
    private final Metrics.Histogram duration;
    private final Map<Reason, Metrics.Counter> failed = new EnumMap<>(Reason.class);

    /**
     * Opens the producer.
     *
     * @param deadline for Kafka's answer
     * @param idempotencyWindow for which a key's first id is remembered here
     * @param inFlightBytesMax what callers keep to, all together
     */
    public MessageSender(
            KafkaSettings kafka,
            String node,
            Duration deadline,
            Duration idempotencyWindow,
            long inFlightBytesMax,
            Clock clock,
            Metrics metrics) {
        this(
                new KafkaProducer<>(
                        kafka.producer(
                                producerSettings(
                                        node, deadline, inFlightBytesMax, kafka.partitions()))),
                kafka::topic,
                kafka.partitions(),
                deadline,
                idempotencyWindow,
                clock,
                metrics);
    }

    /** A sender on a producer that is already there. */
    public MessageSender(
            Producer<byte[], byte[]> producer,
            Function<Topic, String> topics,
            int partitions,
            Duration deadline,
            Duration idempotencyWindow,
            Clock clock,
            Metrics metrics) {
        keys = new IdempotencyKeys(idempotencyWindow, IdempotencyKeys.OF_MESSAGES_MAX, clock);
        broadcasts =
                new BroadcastSender(
                        this::handBroadcast,
                        topics.apply(Topic.BROADCASTS),
                        new IdempotencyKeys(
                                idempotencyWindow, IdempotencyKeys.OF_BROADCASTS_MAX, clock));
        this.producer = producer;
        this.topic = topics.apply(Topic.MESSAGES);
        this.revocations = topics.apply(Topic.REVOCATIONS);
        this.partitions = partitions;
        this.deadline = deadline;
        this.deadlines = new Deadlines(deadline, clock, metrics.tasks());
        this.clock = clock;
        accepted = metrics.counter(Metric.API_ACCEPTED);
        payloadBytes = metrics.counter(Metric.API_PAYLOAD);
        duration = metrics.histogram(Metric.API_SEND_DURATION);
        for (Reason reason : Reason.values()) {
            failed.put(reason, metrics.counter(Metric.API_SEND_FAILED, reason.label()));
        }
    }

    private static Map<String, Object> producerSettings(
            String node, Duration deadline, long inFlightBytesMax, int partitions) {
        int deadlineMs = Math.toIntExact(deadline.toMillis());
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "lastmile-api-" + node);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // Kafka's producer gives a batch that is behind one that it gave up a new sequence and
        // sends
        // it again, though the broker may have it: then it is in the log twice. So nothing is
        // behind.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(
                ProducerConfig.LINGER_MS_CONFIG,
                0); // what comes while a request is under way gathers
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        // Waiting for metadata, then for the answer: both together stay within the deadline.
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) deadlineMs / 3);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deadlineMs * 2 / 3);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, deadlineMs * 2 / 3);
        // Room for all that callers may hand over, and a begun batch of each partition.
        settings.put(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                inFlightBytesMax + (long) partitions * BATCH_BYTES);
        return settings;
    }

    /**
     * Asks Kafka for the topics, so that the first messages need not wait for that; gives up, and
     * leaves it to them, when the time is over.
     */
    public void learnTopics(Duration within) {
        long endNs = clock.nanoTime() + within.toNanos();
        for (String each : List.of(topic, broadcasts.topic(), revocations)) {
            boolean isTold = false;
            while (!isLearnt(each) && clock.nanoTime() - endNs < 0) {
                if (!isTold) {
                    LOG.atInfo().addKeyValue("topic", each).log("Kafka does not tell of a topic");
                    isTold = true;
                }
            }
        }
    }

    /** Whether there is no need to ask again; waits for a third of the deadline. */
    private boolean isLearnt(String name) {
        try {
            var _ = producer.partitionsFor(name);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (KafkaException e) {
            return true; // whoever sends the first message is told
        }
    }

    /** The way of broadcasts into Kafka, by the same producer. */
    public BroadcastSender broadcasts() {
        return broadcasts;
    }

    /** Within which a message is answered. */
    public Duration deadline() {
        return deadline;
    }

    /**
     * Whether Kafka has accepted a message within the last seconds: then its client knows the
     * topic, and to hand it another one does not block.
     */
    public boolean isConfirming() {
        long lastNs = acceptedNs;
        return lastNs != NEVER && clock.nanoTime() - lastNs < CONFIRMING.toNanos();
    }

    /** Hands the message to Kafka and waits for its answer, at most the deadline. */
    public SendResult send(Message message) {
        return await(begin(message));
    }

    /**
     * Hands the message to Kafka, or where one with its idempotency key was handed over from here
     * before and has not failed, answers as that one is answered if it is the same message. May
     * block for a third of the deadline.
     */
    public CompletableFuture<SendResult> begin(Message message) {
        String key = message.idempotencyKey();
        if (key == null) {
            return message.cancel() == null ? hand(message) : cancel(message, message.cancel());
        }
        First mine = First.of(message.device().value(), message, key);
        First earlier = keys.earlier(mine);
        if (earlier != null) {
            return earlier.isRepeatedBy(mine) ? earlier.result() : reused();
        }
        try {
            var _ = hand(message).thenAccept(result -> keys.end(mine, result));
        } catch (RuntimeException e) { // others may wait for it already
            keys.end(mine, SendResult.noAnswer("not handed to Kafka"));
            throw e;
        }
        return mine.result();
    }

    private CompletableFuture<SendResult> reused() {
        count(Reason.KEY_REUSED);
        return CompletableFuture.completedFuture(
                new SendResult.Failed(Reason.KEY_REUSED, "another message came with the key"));
    }

    private CompletableFuture<SendResult> cancel(Message control, MessageId id) {
        return hand(control)
                .thenApply(result -> {
                    keys.free(id);
                    return result;
                });
    }

    /** Waits for the answer, which is there soon after the deadline at the latest. */
    public SendResult await(CompletableFuture<SendResult> begun) {
        try {
            return begun.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nothing completes it so
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SendResult.noAnswer("interrupted");
        }
    }

    /** Hands it to Kafka that the device may not connect. May block for a third of the deadline. */
    public CompletableFuture<SendResult> revoke(DeviceId device, RevocationRecord revocation) {
        return hand(revocation(new RevocationKey(device, false), revocation));
    }

    /** Hands it to Kafka that the device may connect. May block for a third of the deadline. */
    public CompletableFuture<SendResult> allow(DeviceId device) {
        return hand(revocation(new RevocationKey(device, false), null));
    }

    /**
     * Hands it to Kafka that the device's connection is to be closed. May block for two thirds of
     * the deadline.
     */
    public CompletableFuture<SendResult> disconnect(DeviceId device, RevocationRecord revocation) {
        RevocationKey once = new RevocationKey(device, true);
        CompletableFuture<SendResult> answered = hand(revocation(once, revocation));
        var _ =
                hand(
                        revocation(
                                once,
                                null)); // those who follow have seen the first; nobody keeps it
        return answered;
    }

    private ProducerRecord<byte[], byte[]> revocation(
            RevocationKey key, @Nullable RevocationRecord revocation) {
        return new ProducerRecord<>(
                revocations, 0, key.encode(), revocation == null ? null : revocation.encode());
    }

    private CompletableFuture<SendResult> hand(Message message) {
        long startedNs = clock.nanoTime();
        CompletableFuture<SendResult> answered = hand(record(message));
        var _ = answered.thenAccept(result -> count(message, result, startedNs));
        return answered;
    }

    private CompletableFuture<SendResult> handBroadcast(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<SendResult> answered = hand(record);
        var _ =
                answered.thenAccept(result -> {
                    if (result instanceof SendResult.Failed failed) {
                        count(failed.reason());
                    }
                });
        return answered;
    }

    private CompletableFuture<SendResult> hand(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<SendResult> answered = new CompletableFuture<>();
        deadlines.begin(answered);
        try {
            var _ =
                    producer.send(
                            record,
                            (metadata, failure) ->
                                    answered.complete(
                                            failure == null
                                                    ? accepted(metadata)
                                                    : failure(failure)));
        } catch (KafkaException | IllegalStateException e) { // the latter: closed while it stops
            answered.complete(failure(e));
        }
        return answered;
    }

    private ProducerRecord<byte[], byte[]> record(Message message) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        topic,
                        Partitions.of(message.device(), partitions),
                        message.device().bytes(),
                        message.payload().bytes());
        for (Header header : MessageRecord.headers(message)) {
            record.headers().add(header.name(), header.value().getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }

    private SendResult accepted(RecordMetadata metadata) {
        if (!metadata.hasOffset()) {
            return SendResult.noAnswer("Kafka has it from an earlier try and does not say where");
        }
        return new SendResult.Accepted(
                new MessageId(metadata.partition(), metadata.offset()),
                metadata.hasTimestamp() ? metadata.timestamp() : clock.nowMs());
    }

    private void count(Message message, SendResult result, long startedNs) {
        switch (result) {
            case SendResult.Accepted _ -> {
                long nowNs = clock.nanoTime();
                acceptedNs = nowNs;
                accepted.increment();
                payloadBytes.add(message.payload().length());
                duration.observeNs(nowNs - startedNs);
            }
            case SendResult.Failed failure -> {
                count(failure.reason());
                LOG.atDebug()
                        .addKeyValue("device", message.device())
                        .addKeyValue("reason", failure.reason().label())
                        .addKeyValue("detail", failure.detail())
                        .log("Message not accepted");
            }
        }
    }

    private static SendResult failure(Throwable failure) {
        String detail = String.valueOf(failure.getMessage());
        return switch (failure) {
            case RecordTooLargeException _ -> new SendResult.Failed(Reason.REFUSED, detail);
            case InvalidConfigurationException _ -> new SendResult.Failed(Reason.REFUSED, detail);
            default -> SendResult.noAnswer(detail);
        };
    }

    private void count(Reason reason) {
        Metrics.Counter counter = failed.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Gives what is under way until the deadline. */
    @Override
    public void close() {
        try {
            producer.close(deadline);
        } finally {
            deadlines.close();
        }
    }
}
