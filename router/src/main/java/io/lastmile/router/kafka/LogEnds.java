package io.lastmile.router.kafka;

import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Asks Kafka where a log ends right now, again and again until it says so. */
public final class LogEnds implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(500);

    private final KafkaSettings kafka;
    private final Admin admin;
    private final ScheduledExecutorService timer;
    private final Task asking;
    private volatile boolean closed;

    /** Opens an admin client; retries run on the timer. */
    public LogEnds(KafkaSettings kafka, ScheduledExecutorService timer, Metrics metrics) {
        this(kafka, timer, metrics, Admin.create(kafka.admin(Map.of())));
    }

    LogEnds(KafkaSettings kafka, ScheduledExecutorService timer, Metrics metrics, Admin admin) {
        this.kafka = kafka;
        this.timer = timer;
        this.asking = metrics.tasks().task("log-ends");
        this.admin = admin;
    }

    /** Hands over an end of the partition of events that was asked for after this call. */
    void endOfEvents(int partition, LongConsumer action) {
        if (closed) {
            return;
        }
        TopicPartition place = new TopicPartition(kafka.topic(Topic.EVENTS), partition);
        var _ =
                admin.listOffsets(Map.of(place, OffsetSpec.latest()))
                        .partitionResult(place)
                        .toCompletionStage()
                        .whenComplete((info, failure) -> answer(partition, info, failure, action));
    }

    /**
     * Where partitions of messages end, for who reads what is committed and for who reads all.
     *
     * @param readable the first record of an open transaction, where there is one
     */
    record Ends(long readable, long all) {}

    /** Hands over the ends of these partitions of messages; nothing where Kafka does not answer. */
    void endsOfMessages(Collection<Integer> partitions, Consumer<Map<Integer, Ends>> action) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (int partition : partitions) {
            latest.put(
                    new TopicPartition(kafka.topic(Topic.MESSAGES), partition),
                    OffsetSpec.latest());
        }
        var readable = ends(latest, IsolationLevel.READ_COMMITTED);
        var all = ends(latest, IsolationLevel.READ_UNCOMMITTED);
        var _ =
                readable.thenCombine(all, LogEnds::combined)
                        .whenComplete((ends, failure) ->
                                action.accept(failure == null ? ends : Map.of()));
    }

    private CompletionStage<Map<TopicPartition, ListOffsetsResultInfo>> ends(
            Map<TopicPartition, OffsetSpec> latest, IsolationLevel isolation) {
        return admin.listOffsets(latest, new ListOffsetsOptions(isolation))
                .all()
                .toCompletionStage();
    }

    private static Map<Integer, Ends> combined(
            Map<TopicPartition, ListOffsetsResultInfo> readable,
            Map<TopicPartition, ListOffsetsResultInfo> all) {
        Map<Integer, Ends> ends = new HashMap<>();
        readable.forEach((place, info) -> {
            ListOffsetsResultInfo last = all.get(place);
            if (last != null) {
                ends.put(place.partition(), new Ends(info.offset(), last.offset()));
            }
        });
        return ends;
    }

    private void answer(
            int partition, ListOffsetsResultInfo info, Throwable failure, LongConsumer action) {
        if (failure == null) {
            asking.run(() -> action.accept(info.offset()));
        } else {
            asking.untilDone(timer, RETRY, () -> endOfEvents(partition, action));
        }
    }

    @Override
    public void close() {
        closed = true;
        admin.close(Duration.ofSeconds(1));
    }
}
