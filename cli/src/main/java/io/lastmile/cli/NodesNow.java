package io.lastmile.cli;

import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.PartitionSpan;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.Topic;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The topic nodes as it is now: the latest word of, and about, every incarnation. */
public final class NodesNow {
    /** A node that has not been heard of for so long is not counted as there. */
    private static final long SILENT_MS = 15_000;

    private final Map<Incarnation, Seen> seen = new TreeMap<>();
    private final Map<Incarnation, NodeRecord.Gone> gone = new TreeMap<>();

    /**
     * A node's latest heartbeat.
     *
     * @param appendedAtMs by the broker's clock
     * @param firstOffset of its heartbeats, as far as nodes still has them
     * @param lastOffset where this one stands
     */
    public record Seen(
            Incarnation node,
            NodeRecord.Heartbeat heartbeat,
            long appendedAtMs,
            long firstOffset,
            long lastOffset) {
        /** Whether both gave signs of life at the same time. */
        boolean livedWith(Seen other) {
            return lastOffset > other.firstOffset && other.lastOffset > firstOffset;
        }
    }

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
            case NodeRecord.Heartbeat beat -> {
                Seen before = seen.get(key.incarnation());
                seen.put(
                        key.incarnation(),
                        new Seen(
                                key.incarnation(),
                                beat,
                                record.timestamp(),
                                before == null ? record.offset() : before.firstOffset(),
                                record.offset()));
            }
            case NodeRecord.Gone word -> gone.put(key.incarnation(), word);
        }
        return false;
    }

    /** Every incarnation that nodes still has, also those that ended. */
    public Collection<Seen> seen() {
        return Collections.unmodifiableCollection(seen.values());
    }

    /**
     * Those that were heard of lately and are not gone. Of several lives of one node only the last,
     * unless they live at the same time: then several nodes have one name.
     *
     * @param nowMs by this machine's clock
     */
    public List<Seen> here(long nowMs) {
        List<Seen> heard =
                seen.values().stream()
                        .filter(one -> !gone.containsKey(one.node()))
                        .filter(one -> nowMs - one.appendedAtMs() < SILENT_MS)
                        .toList();
        return heard.stream()
                .filter(one ->
                        heard.stream()
                                .noneMatch(other ->
                                        other.node().node().equals(one.node().node())
                                                && other.node().number() > one.node().number()
                                                && !other.livedWith(one)))
                .toList();
    }

    /** What was declared gone. */
    public Map<Incarnation, NodeRecord.Gone> gone() {
        return Collections.unmodifiableMap(gone);
    }
}
