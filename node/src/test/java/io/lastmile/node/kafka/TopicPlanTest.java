package io.lastmile.node.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Settings;
import io.lastmile.wire.record.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TopicPlanTest {
    private static final KafkaSettings THREE = KafkaSettings.from(Settings.of(Map.of()));
    private static final KafkaSettings ONE =
            KafkaSettings.from(
                    Settings.of(Map.of("kafka.single-replica", "true", "kafka.partitions", "16")));

    private static TopicPlan.Found found(TopicPlan plan, String key, String value) {
        Map<String, String> config = new HashMap<>(plan.config());
        config.put(key, value);
        return new TopicPlan.Found(plan.partitions(), plan.replication(), config);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsMadeIsWhatIsAskedFor(Topic topic) {
        for (KafkaSettings settings : new KafkaSettings[] {THREE, ONE}) {
            TopicPlan plan = TopicPlan.of(topic, settings);
            TopicPlan.Found made =
                    new TopicPlan.Found(plan.partitions(), plan.replication(), plan.config());
            assertEquals(Optional.empty(), plan.difference(made));
            assertEquals(topic.byDevice() ? settings.partitions() : 1, plan.partitions());
            assertEquals("lastmile." + topic.label(), plan.name());
        }
    }

    @Test
    void messagesAreKeptForTheLongestTtlAndTheLongestNotBefore() {
        TopicPlan plan = TopicPlan.of(Topic.MESSAGES, THREE);
        assertEquals("4838400000", plan.config().get("retention.ms"));
        assertEquals("LogAppendTime", plan.config().get("message.timestamp.type"));
        assertEquals("-1", plan.config().get("retention.bytes"));
        assertEquals(Optional.empty(), plan.difference(found(plan, "retention.ms", "-1")));
        assertEquals(Optional.empty(), plan.difference(found(plan, "retention.ms", "9999999999")));
    }

    @ParameterizedTest
    @CsvSource({
        "MESSAGES,cleanup.policy,compact",
        "MESSAGES,message.timestamp.type,CreateTime",
        "MESSAGES,retention.ms,604800000",
        "MESSAGES,retention.bytes,1000000",
        "MESSAGES,max.message.bytes,1000",
        "MESSAGES,min.insync.replicas,1",
        "EVENTS,retention.ms,3600000",
        "RECEIPTS,cleanup.policy,compact",
        "INBOX,cleanup.policy,delete",
        "INBOX,cleanup.policy,'compact,delete'",
        "PRESENCE,cleanup.policy,delete",
        "NODES,message.timestamp.type,CreateTime",
    })
    void aWrongSettingIsNamedWithTheFix(Topic topic, String key, String wrong) {
        TopicPlan plan = TopicPlan.of(topic, THREE);
        String problem = plan.difference(found(plan, key, wrong)).orElse("");
        assertTrue(problem.startsWith("has " + key + "=" + wrong + ", must be "), problem);
        assertTrue(
                problem.contains(
                        "--entity-name lastmile." + topic.label() + " --add-config " + key),
                problem);
    }

    @Test
    void theCleanerLeavesHeartbeatsToThoseWhoStillReadThem() {
        assertEquals(
                "600000", TopicPlan.of(Topic.NODES, THREE).config().get("min.compaction.lag.ms"));
    }

    @Test
    void partitionsAndReplicationAreChecked() {
        TopicPlan plan = TopicPlan.of(Topic.EVENTS, THREE);
        String partitions = plan.difference(new TopicPlan.Found(16, 3, plan.config())).orElse("");
        assertTrue(partitions.contains("16 partitions, must have 64"), partitions);
        String replication = plan.difference(new TopicPlan.Found(64, 1, plan.config())).orElse("");
        assertTrue(replication.contains("kafka.single-replica=true"), replication);
        assertEquals(Optional.empty(), plan.difference(new TopicPlan.Found(64, 4, plan.config())));
    }

    @Test
    void aSingleReplicaWillDoWhereSaid() {
        TopicPlan plan = TopicPlan.of(Topic.MESSAGES, ONE);
        assertEquals(1, plan.replication());
        assertEquals("1", plan.config().get("min.insync.replicas"));
    }
}
