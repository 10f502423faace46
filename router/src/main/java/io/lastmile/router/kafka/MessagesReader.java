package io.lastmile.router.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.OwnerSeal;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.heart.Event;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads messages from the watermark on, and keeps their bodies at hand. */
public final class MessagesReader extends LogReader {
    private static final Logger log = LoggerFactory.getLogger(MessagesReader.class);

    private final TopicIds topics;
    private final OwnerSeal seal;
    private final Bodies bodies;
    private final Metrics.Counter read;

    /**
     * Reads nothing yet.
     *
     * @param held what it cannot read: its consumer has no lag where it waits for that
     */
    public MessagesReader(
            KafkaSettings kafka, TopicIds topics, Bodies bodies, HeldBack held, Metrics metrics) {
        super(kafka, Topic.MESSAGES, "read_committed", metrics);
        this.topics = topics;
        this.seal = new OwnerSeal(topics);
        this.bodies = bodies;
        this.read = metrics.counter(Metric.ROUTER_READ);
        metrics.gauge(Metric.ROUTER_LAG, () -> lag() + held.records());
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
            Event event = event(record);
            if (event instanceof Event.MessageRead message) {
                bodies.keep(partition, message.offset(), message.message());
            }
            events.add(event);
        }
        read.add(records.size());
        return events;
    }

    /** Whatever a record makes of the reading, it has a place among those behind it. */
    private Event event(ConsumerRecord<byte[], byte[]> record) {
        try {
            return MessageReading.read(record, topics.partitions(), seal);
        } catch (RuntimeException e) {
            log.atError()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .setCause(e)
                    .log("message not understood by a bug, rejected");
            return MessageReading.unreadable(record, null, "it cannot be read: " + e);
        }
    }

    @Override
    void readTo(OwnedPartition owned, long position) {
        owned.feedMessagesReadTo(position);
    }
}
