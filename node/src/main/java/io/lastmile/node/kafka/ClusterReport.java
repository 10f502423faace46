package io.lastmile.node.kafka;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/**
 * The brokers as they are.
 *
 * @param hasNewGroups whether they have the consumer group protocol of KIP-848
 * @param brokerConfig every effective setting of one of them; of a managed Kafka perhaps none
 */
public record ClusterReport(int brokers, boolean hasNewGroups, Map<String, String> brokerConfig) {
    public ClusterReport {
        brokerConfig = Map.copyOf(brokerConfig);
    }

    /**
     * Asks them.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer
     */
    public static ClusterReport read(Admin admin) {
        List<Node> nodes = List.copyOf(AdminCalls.get(admin.describeCluster().nodes()));
        FinalizedVersionRange groups =
                AdminCalls.get(admin.describeFeatures().featureMetadata())
                        .finalizedFeatures()
                        .get("group.version");
        ConfigResource broker =
                new ConfigResource(ConfigResource.Type.BROKER, nodes.getFirst().idString());
        Config config =
                Objects.requireNonNull(
                        AdminCalls.get(admin.describeConfigs(List.of(broker)).all()).get(broker));
        return new ClusterReport(
                nodes.size(),
                groups != null && groups.maxVersionLevel() >= 1,
                AdminCalls.values(config));
    }
}
