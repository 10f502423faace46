package io.lastmile.cli.doctor;

import io.lastmile.node.kafka.ClusterReport;
import io.lastmile.node.kafka.HeldBackReport;
import io.lastmile.node.kafka.TopicReport;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.ProducerState;

/** What the brokers and topics tell. */
final class KafkaChecks {
    /** How long a transaction may stay open: owners' own take milliseconds. */
    private static final long OPEN_MS_MAX = 5_000;

    private KafkaChecks() {}

    static List<Finding> of(ClusterReport cluster, List<TopicReport> topics) {
        List<Finding> findings = new ArrayList<>();
        brokers(findings, cluster);
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

    /** What open transactions hold back, and have for longer than any owner's own takes. */
    static List<Finding> heldBack(List<HeldBackReport> reports, long nowMs) {
        List<Finding> findings = new ArrayList<>();
        for (HeldBackReport held : reports) {
            ProducerState producer = held.producer().orElse(null);
            long openMs = producer == null ? 0 : nowMs - producer.lastTimestamp();
            if (producer != null && openMs < OPEN_MS_MAX) {
                continue;
            }
            String who =
                    producer == null
                            ? "of a producer that Kafka does not name"
                            : "of producer %d, which wrote last %d s ago,"
                                    .formatted(producer.producerId(), openMs / 1_000);
            findings.add(
                    Finding.fail(
                            "open transaction",
                            "a transaction %s holds partition %d of messages back from offset %d on, %d records: nothing behind it is delivered before it ends. End it in that producer, or with kafka-transactions.sh abort (docs/operating/failures.md)"
                                    .formatted(
                                            who, held.partition(), held.from(), held.records())));
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
}
