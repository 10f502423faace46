package io.lastmile.router.kafka;

import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.record.Topic;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Asks Kafka where a log ends right now, again and again until it says so. */
public final class LogEnds implements AutoCloseable {
    private static final long RETRY_MS = 500;

    private final KafkaSettings kafka;
    private final Admin admin;
    private final ScheduledExecutorService timer;

    /** Opens an admin client; retries run on the timer. */
    public LogEnds(KafkaSettings kafka, ScheduledExecutorService timer) {
        this.kafka = kafka;
        this.timer = timer;
        this.admin = Admin.create(kafka.admin(Map.of()));
    }

    /** Hands over an end of the partition of events that was asked for after this call. */
    void endOfEvents(int partition, LongConsumer action) {
        TopicPartition place = new TopicPartition(kafka.topic(Topic.EVENTS), partition);
        var _ =
                admin.listOffsets(Map.of(place, OffsetSpec.latest()))
                        .partitionResult(place)
                        .toCompletionStage()
                        .whenComplete((info, failure) -> answer(partition, info, failure, action));
    }

    private void answer(
            int partition, ListOffsetsResultInfo info, Throwable failure, LongConsumer action) {
        if (failure == null) {
            action.accept(info.offset());
        } else if (!timer.isShutdown()) {
            var _ =
                    timer.schedule(
                            () -> endOfEvents(partition, action), RETRY_MS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        admin.close(java.time.Duration.ofSeconds(1));
    }
}
