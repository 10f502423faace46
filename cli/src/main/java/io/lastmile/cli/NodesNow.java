package io.lastmile.cli;

import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.PartitionSpan;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.Topic;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The topic nodes as it is now: the latest word of, and about, every incarnation. */
public final class NodesNow {
    private final Map<Incarnation, Seen> seen = new TreeMap<>();
    private final Map<Incarnation, NodeRecord.Gone> gone = new TreeMap<>();

    /**
     * A node's latest heartbeat.
     *
     * @param appendedAtMs by the broker's clock
     */
    public record Seen(Incarnation node, NodeRecord.Heartbeat heartbeat, long appendedAtMs) {}

    private NodesNow() {}

    /** Reads the topic to its end. */
    public static NodesNow read(Consumer<byte[], byte[]> consumer, KafkaSettings kafka) {
        NodesNow nodes = new NodesNow();
        TopicPartition only = new TopicPartition(kafka.topic(Topic.NODES), 0);
        PartitionSpan.all(consumer, only).read(consumer, nodes::add);
        return nodes;
    }

    private boolean add(ConsumerRecord<byte[], byte[]> record) {
        NodeKey key = NodeKey.decode(record.key());
        if (record.value() == null) {
            seen.remove(key.incarnation());
            return false;
        }
        switch (NodeRecord.decode(record.value())) {
            case NodeRecord.Heartbeat beat ->
                    seen.put(
                            key.incarnation(),
                            new Seen(key.incarnation(), beat, record.timestamp()));
            case NodeRecord.Gone word -> gone.put(key.incarnation(), word);
        }
        return false;
    }

    /** Every incarnation that nodes still has, also those that ended. */
    public Collection<Seen> seen() {
        return Collections.unmodifiableCollection(seen.values());
    }

    /** What was declared gone. */
    public Map<Incarnation, NodeRecord.Gone> gone() {
        return Collections.unmodifiableMap(gone);
    }
}
