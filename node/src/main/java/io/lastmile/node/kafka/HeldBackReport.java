package io.lastmile.node.kafka;

import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition of messages that a producer's open transaction holds back: nobody reads what stands
 * behind its first record before it ends.
 *
 * @param from the offset of that record
 * @param records from there to the end
 * @param producer whose transaction it is; empty where Kafka does not say it
 */
public record HeldBackReport(
        int partition, long from, long records, Optional<ProducerState> producer) {

    /**
     * Asks for all of them.
     *
     * @throws KafkaException where Kafka does not answer
     */
    public static List<HeldBackReport> read(Admin admin, KafkaSettings kafka, int partitions) {
        List<TopicPartition> places =
                IntStream.range(0, partitions)
                        .mapToObj(p -> new TopicPartition(kafka.topic(Topic.MESSAGES), p))
                        .toList();
        // What is readable first: the end that is asked for later is at or behind it.
        Map<TopicPartition, Long> readable = ends(admin, places, IsolationLevel.READ_COMMITTED);
        Map<TopicPartition, Long> all = ends(admin, places, IsolationLevel.READ_UNCOMMITTED);
        List<TopicPartition> held =
                places.stream().filter(p -> at(all, p) > at(readable, p)).toList();
        if (held.isEmpty()) {
            return List.of();
        }
        DescribeProducersResult producers = admin.describeProducers(held);
        List<HeldBackReport> reports = new ArrayList<>();
        for (TopicPartition place : held) {
            long from = at(readable, place);
            reports.add(
                    new HeldBackReport(
                            place.partition(),
                            from,
                            at(all, place) - from,
                            first(producers, place)));
        }
        return reports;
    }

    private static long at(Map<TopicPartition, Long> offsets, TopicPartition place) {
        return offsets.getOrDefault(place, 0L);
    }

    private static Map<TopicPartition, Long> ends(
            Admin admin, List<TopicPartition> places, IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        places.forEach(place -> latest.put(place, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        AdminCalls.get(admin.listOffsets(latest, new ListOffsetsOptions(isolation)).all())
                .forEach((place, info) -> ends.put(place, info.offset()));
        return ends;
    }

    /** Whose transaction began first. */
    private static Optional<ProducerState> first(
            DescribeProducersResult producers, TopicPartition place) {
        try {
            return AdminCalls.get(producers.partitionResult(place)).activeProducers().stream()
                    .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                    .min(
                            Comparator.comparingLong(producer ->
                                    producer.currentTransactionStartOffset().getAsLong()));
        } catch (KafkaException e) {
            return Optional.empty(); // an older broker, or no right to ask for it
        }
    }
}
