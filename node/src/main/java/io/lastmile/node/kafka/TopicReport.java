package io.lastmile.node.kafka;

import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * A topic as it is in Kafka.
 *
 * <p>Wide because it names one by one what is told of a topic.
 *
 * @param name in Kafka
 * @param replication the least of its partitions
 * @param underReplicated partitions of which a replica is behind
 * @param offsets between starts and ends: records, and markers of transactions among them
 * @param bytes of all replicas on disk; -1 where the brokers do not say
 * @param config every effective setting
 * @param problems what is wrong with it, and how to put it right
 */
public record TopicReport(
        Topic topic,
        String name,
        int partitions,
        int replication,
        int underReplicated,
        long offsets,
        long bytes,
        Map<String, String> config,
        List<String> problems) {
    public TopicReport {
        config = Map.copyOf(config);
        problems = List.copyOf(problems);
    }

    /**
     * Reads all of Lastmile's topics that there are. How many partitions they should have is taken
     * from messages, and whether replicas matter as well.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer
     */
    public static List<TopicReport> read(Admin admin, KafkaSettings settings) {
        Set<String> present = AdminCalls.get(admin.listTopics().names());
        Map<Topic, String> names = new HashMap<>();
        for (Topic topic : Topic.values()) {
            if (present.contains(settings.topic(topic))) {
                names.put(topic, settings.topic(topic));
            }
        }
        Map<String, TopicDescription> described =
                AdminCalls.get(admin.describeTopics(names.values()).allTopicNames());
        Map<String, Map<String, String>> configs = AdminCalls.topicConfigs(admin, names.values());
        Map<String, Long> offsets = offsets(admin, described);
        Map<String, Long> bytes = bytes(admin, described);
        KafkaSettings asMade = asMade(settings, described);
        List<TopicReport> reports = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            TopicDescription description = described.get(settings.topic(topic));
            if (description != null) {
                String name = description.name();
                reports.add(
                        of(
                                topic,
                                description,
                                configs.getOrDefault(name, Map.of()),
                                offsets.getOrDefault(name, 0L),
                                bytes.getOrDefault(name, -1L),
                                asMade));
            }
        }
        return reports;
    }

    private static KafkaSettings asMade(
            KafkaSettings settings, Map<String, TopicDescription> described) {
        TopicDescription messages = described.get(settings.topic(Topic.MESSAGES));
        return messages == null
                ? settings
                : new KafkaSettings(
                        settings.bootstrap(),
                        settings.prefix(),
                        messages.partitions().size(),
                        replication(messages) == 1,
                        settings.passThrough());
    }

    private static TopicReport of(
            Topic topic,
            TopicDescription description,
            Map<String, String> config,
            long offsets,
            long bytes,
            KafkaSettings settings) {
        int replication = replication(description);
        int behind = 0;
        for (TopicPartitionInfo partition : description.partitions()) {
            behind += partition.isr().size() < partition.replicas().size() ? 1 : 0;
        }
        List<String> problems = new ArrayList<>();
        Optional<String> difference =
                TopicPlan.of(topic, settings)
                        .difference(
                                new TopicPlan.Found(
                                        description.partitions().size(), replication, config));
        difference.ifPresent(problems::add);
        if (behind > 0) {
            problems.add(
                    "has %d of %d partitions with a replica that is behind or away: look at the brokers"
                            .formatted(behind, description.partitions().size()));
        }
        if (Boolean.parseBoolean(config.get("unclean.leader.election.enable"))) {
            problems.add(
                    "has unclean.leader.election.enable=true: a broker that comes back could undo what was acknowledged. Set it to false");
        }
        return new TopicReport(
                topic,
                description.name(),
                description.partitions().size(),
                replication,
                behind,
                offsets,
                bytes,
                config,
                problems);
    }

    private static int replication(TopicDescription description) {
        return description.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
    }

    private static Map<String, Long> offsets(Admin admin, Map<String, TopicDescription> described) {
        Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        described.forEach((name, description) ->
                description
                        .partitions()
                        .forEach(partition -> {
                            TopicPartition place = new TopicPartition(name, partition.partition());
                            earliest.put(place, OffsetSpec.earliest());
                            latest.put(place, OffsetSpec.latest());
                        }));
        Map<TopicPartition, ListOffsetsResultInfo> starts =
                AdminCalls.get(admin.listOffsets(earliest).all());
        Map<String, Long> offsets = new HashMap<>();
        AdminCalls.get(admin.listOffsets(latest).all())
                .forEach((place, end) -> {
                    ListOffsetsResultInfo start = starts.get(place);
                    long from = start == null ? 0 : start.offset();
                    offsets.merge(place.topic(), end.offset() - from, Long::sum);
                });
        return offsets;
    }

    private static Map<String, Long> bytes(Admin admin, Map<String, TopicDescription> described) {
        Set<Integer> brokers = new HashSet<>();
        for (Node node : AdminCalls.get(admin.describeCluster().nodes())) {
            brokers.add(node.id());
        }
        Map<String, Long> bytes = new HashMap<>();
        for (Map<String, LogDirDescription> folders :
                AdminCalls.get(admin.describeLogDirs(brokers).allDescriptions()).values()) {
            for (LogDirDescription folder : folders.values()) {
                folder.replicaInfos()
                        .forEach((place, replica) -> {
                            if (described.containsKey(place.topic())) {
                                bytes.merge(place.topic(), replica.size(), Long::sum);
                            }
                        });
            }
        }
        return bytes;
    }
}
