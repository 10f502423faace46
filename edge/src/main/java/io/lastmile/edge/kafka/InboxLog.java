package io.lastmile.edge.kafka;

import io.lastmile.edge.hop.InboxEnds;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Asks Kafka for the ends of the inbox topic, one question at a time: a router that comes with all
 * its partitions costs two. Any thread.
 */
public final class InboxLog implements InboxEnds, AutoCloseable {
    private static final int TIMEOUT_MS = 3_000;

    private final Admin kafka;
    private final String topic;
    private Map<Integer, List<LongConsumer>> waitingByPartition = new HashMap<>();
    private boolean asking;

    /** Opens a client. */
    public InboxLog(KafkaSettings settings) {
        this(Admin.create(settings.admin(Map.of())), settings.topic(Topic.INBOX));
    }

    InboxLog(Admin kafka, String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    @Override
    public void ask(int partition, LongConsumer action) {
        synchronized (this) {
            waitingByPartition.computeIfAbsent(partition, p -> new ArrayList<>()).add(action);
            if (asking) {
                return; // it is part of the next question
            }
            asking = true;
        }
        askNext();
    }

    private void askNext() {
        Map<Integer, List<LongConsumer>> asked;
        synchronized (this) {
            asked = waitingByPartition;
            waitingByPartition = new HashMap<>();
            asking = !asked.isEmpty();
        }
        if (asked.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetSpec> places = new HashMap<>();
        asked.keySet()
                .forEach(partition ->
                        places.put(new TopicPartition(topic, partition), OffsetSpec.latest()));
        ListOffsetsResult ends =
                kafka.listOffsets(places, new ListOffsetsOptions().timeoutMs(TIMEOUT_MS));
        asked.forEach((partition, actions) -> {
            var _ =
                    ends.partitionResult(new TopicPartition(topic, partition))
                            .whenComplete((info, failure) -> {
                                long end = failure == null ? info.offset() : UNKNOWN;
                                actions.forEach(action -> action.accept(end));
                            });
        });
        var _ = ends.all().whenComplete((all, failure) -> askNext());
    }

    @Override
    public void close() {
        kafka.close(Duration.ofSeconds(1));
    }
}
