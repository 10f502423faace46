package io.lastmile.node.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * The offsets of the routers' group, which has no members.
 *
 * @param lagByPartition messages that were appended and not yet settled or parked in order, as far
 *     as what the owners last committed tells
 */
public record GroupReport(String group, Map<Integer, Long> lagByPartition) {
    public GroupReport {
        lagByPartition = new TreeMap<>(lagByPartition);
    }

    /** The sum over all partitions. */
    public long lag() {
        return lagByPartition.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Reads it.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer
     */
    public static GroupReport read(Admin admin, KafkaSettings settings) {
        String group = settings.routerGroup();
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed =
                    AdminCalls.get(
                            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        } catch (GroupIdNotFoundException e) {
            return new GroupReport(group, Map.of());
        }
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        committed.forEach((place, offset) -> {
            if (offset != null) {
                latest.put(place, OffsetSpec.latest());
            }
        });
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                AdminCalls.get(admin.listOffsets(latest).all());
        Map<Integer, Long> lag = new HashMap<>();
        ends.forEach((place, end) -> {
            OffsetAndMetadata offset = committed.get(place);
            if (offset != null) {
                lag.put(place.partition(), Math.max(0, end.offset() - offset.offset()));
            }
        });
        return new GroupReport(group, lag);
    }
}
