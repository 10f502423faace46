package io.lastmile.node.kafka;

import org.apache.kafka.clients.admin.Admin;

/**
 * The brokers as they are.
 *
 * @param brokers that are there
 */
public record ClusterReport(int brokers) {
    /**
     * Asks them.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer
     */
    public static ClusterReport read(Admin admin) {
        return new ClusterReport(AdminCalls.get(admin.describeCluster().nodes()).size());
    }
}
