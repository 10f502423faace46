package io.lastmile.cli.doctor;

import io.lastmile.node.kafka.ClusterReport;
import io.lastmile.node.kafka.TopicReport;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the brokers and topics tell. */
final class KafkaChecks {
    /**
     * The session of the routers' group that the manual recommends (docs/operating/recovery.md).
     */
    private static final long SESSION_MS_MAX = 10_000;

    private KafkaChecks() {}

    static List<Finding> of(ClusterReport cluster, List<TopicReport> topics) {
        List<Finding> findings = new ArrayList<>();
        brokers(findings, cluster);
        if (!cluster.hasNewGroups()) {
            findings.add(
                    Finding.fail(
                            "group protocol",
                            "the brokers do not have the consumer group protocol (KIP-848): Kafka 4.0 or newer is needed, with group.version=1"));
        }
        session(findings, cluster.brokerConfig());
        if (topics.size() < Topic.values().length) {
            findings.add(
                    Finding.fail(
                            "topics",
                            "%d of %d are there: start a router, an edge or an API, or create them (docs/topics.md)"
                                    .formatted(topics.size(), Topic.values().length)));
        }
        boolean isFine = true;
        for (TopicReport topic : topics) {
            for (String problem : topic.problems()) {
                isFine = false;
                findings.add(Finding.fail(topic.name(), problem));
            }
        }
        if (isFine && !topics.isEmpty()) {
            findings.add(
                    Finding.ok(
                            "topics",
                            "partitions, replicas and retention against the longest ttl are as they should be"));
        }
        return findings;
    }

    private static void brokers(List<Finding> findings, ClusterReport cluster) {
        findings.add(
                cluster.brokers() >= 3
                        ? Finding.ok("brokers", cluster.brokers() + " are there")
                        : Finding.warn(
                                "brokers",
                                "%d there: messages survive the loss of a broker only with three"
                                        .formatted(cluster.brokers())));
    }

    private static void session(List<Finding> findings, Map<String, String> config) {
        String session = config.getOrDefault("group.consumer.session.timeout.ms", "");
        if (session.matches("[0-9]{1,9}")) {
            long ms = Long.parseLong(session);
            findings.add(
                    ms <= SESSION_MS_MAX
                            ? Finding.ok("group session", ms + " ms")
                            : Finding.warn(
                                    "group session",
                                    "a dead router keeps its partitions for %d s: set group.consumer.session.timeout.ms=6000 (docs/operating/recovery.md)"
                                            .formatted(ms / 1_000)));
        }
    }
}
