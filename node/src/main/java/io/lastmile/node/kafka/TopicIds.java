package io.lastmile.node.kafka;

import io.lastmile.wire.record.Topic;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.Uuid;

/**
 * Which topics these are: a topic deleted and made again has the same name and another id.
 *
 * @param partitions P
 * @param byTopic the ids that Kafka gave
 */
public record TopicIds(int partitions, Map<Topic, Uuid> byTopic) {
    public TopicIds {
        byTopic = new EnumMap<>(byTopic);
    }

    /** The id of a topic. */
    public Uuid id(Topic topic) {
        return Objects.requireNonNull(byTopic.get(topic), topic::label);
    }
}
