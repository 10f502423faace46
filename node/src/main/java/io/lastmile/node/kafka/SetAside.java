package io.lastmile.node.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.record.Topic;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The records of a topic that a reader cannot use, for whatever reason: passed over, counted, and
 * told of. Whoever may write to a topic can put anything there, and a compacted one brings it back
 * at every start; so one record must never end the reading of those behind it. Any thread.
 */
public final class SetAside {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);

    private final Topic topic;
    private final Metrics.Counter count;

    /** None yet, of that topic. */
    public SetAside(Topic topic, Metrics metrics) {
        this.topic = topic;
        count = metrics.counter(Metric.NODE_SET_ASIDE, topic.label());
    }

    /** Tells each record; what the one throws does not keep the others. */
    public void each(
            Iterable<ConsumerRecord<byte[], byte[]>> records,
            Consumer<ConsumerRecord<byte[], byte[]>> on) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                on.accept(record);
            } catch (Throwable e) { // also where memory ran out for it: it must not come again
                add(record, e);
            }
        }
    }

    /** One more. */
    public void add(ConsumerRecord<byte[], byte[]> record, Throwable cause) {
        boolean isBug = !(cause instanceof MalformedException);
        if (add()) {
            LoggingEventBuilder line = LOG.atWarn();
            told(isBug ? line.setCause(cause) : line, record, String.valueOf(cause.getMessage()));
        }
    }

    /** One more. */
    public void add(ConsumerRecord<byte[], byte[]> record, String reason) {
        if (add()) {
            told(LOG.atWarn(), record, reason);
        }
    }

    /** Of the first, the second, the fourth and so on: many of them are not many lines. */
    private boolean add() {
        count.increment();
        return Long.bitCount(count.count()) == 1;
    }

    private void told(
            LoggingEventBuilder line, ConsumerRecord<byte[], byte[]> record, String reason) {
        line.addKeyValue("topic", topic.label())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", reason)
                .addKeyValue("soFar", count.count())
                .log("A record cannot be used and is set aside");
    }
}
