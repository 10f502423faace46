package io.lastmile.router.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.router.heart.Event;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads messages from the watermark on, and keeps their bodies at hand. */
public final class MessagesReader extends LogReader {
    private final int partitions;
    private final Bodies bodies;
    private final Metrics.Counter read;

    /**
     * Reads nothing yet.
     *
     * @param partitions of the topic
     */
    public MessagesReader(KafkaSettings kafka, int partitions, Bodies bodies, Metrics metrics) {
        super(kafka, Topic.MESSAGES, "read_committed");
        this.partitions = partitions;
        this.bodies = bodies;
        this.read = metrics.counter(Metric.ROUTER_READ);
        metrics.gauge(Metric.ROUTER_LAG, this::lag);
    }

    @Override
    long start(OwnedPartition owned) {
        return owned.start().watermark();
    }

    @Override
    boolean isWanted(OwnedPartition owned) {
        return owned.wantsMessages();
    }

    @Override
    List<Event> events(int partition, List<ConsumerRecord<byte[], byte[]>> records) {
        List<Event> events = new ArrayList<>(records.size());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Event event = MessageReading.read(record, partitions);
            if (event instanceof Event.MessageRead message) {
                bodies.keep(partition, message.offset(), message.message());
            }
            events.add(event);
        }
        read.add(records.size());
        return events;
    }

    @Override
    void readTo(OwnedPartition owned, long position) {
        owned.feedMessagesReadTo(position);
    }
}
