package io.lastmile.bench.load;

import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.record.Topic;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.common.Node;

/**
 * What each topic takes on the brokers' disks, of all its copies.
 *
 * @param byTopic in bytes; a topic that is not there has none
 */
public record TopicBytes(Map<Topic, Long> byTopic) {
    /** Asks the brokers. */
    public static TopicBytes now(KafkaSettings kafka) {
        Map<Topic, Long> bytes = new EnumMap<>(Topic.class);
        try (Admin admin = Admin.create(kafka.admin(Map.of()))) {
            List<Integer> brokers =
                    admin.describeCluster().nodes().get().stream().map(Node::id).toList();
            var described = admin.describeLogDirs(brokers).allDescriptions().get();
            for (Topic topic : Topic.values()) {
                long sum = 0;
                for (Map<String, LogDirDescription> folders : described.values()) {
                    sum +=
                            folders.values().stream()
                                    .mapToLong(folder -> of(folder, kafka.topic(topic)))
                                    .sum();
                }
                bytes.put(topic, sum);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the brokers do not say what topics take", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return new TopicBytes(bytes);
    }

    private static long of(LogDirDescription folder, String topic) {
        return folder.replicaInfos().entrySet().stream()
                .filter(replica -> replica.getKey().topic().equals(topic))
                .mapToLong(replica -> replica.getValue().size())
                .sum();
    }

    /** What these topics have grown by since then, together. */
    public long since(TopicBytes before, Set<Topic> topics) {
        return topics.stream()
                .mapToLong(topic ->
                        byTopic.getOrDefault(topic, 0L) - before.byTopic.getOrDefault(topic, 0L))
                .sum();
    }
}
