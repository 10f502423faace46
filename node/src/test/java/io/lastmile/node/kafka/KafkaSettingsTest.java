package io.lastmile.node.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Settings;
import io.lastmile.node.SettingsException;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
    @Test
    void theDefaultsAreThoseOfTheManual() {
        KafkaSettings settings = KafkaSettings.from(Settings.of(Map.of()));
        assertEquals(
                new KafkaSettings("127.0.0.1:9092", "lastmile.", 64, false, Map.of()), settings);
        assertEquals("lastmile.messages", settings.topic(Topic.MESSAGES));
        NodeSettings node = NodeSettings.from(Settings.of(Map.of()), NodeRole.EDGE, 9103);
        assertTrue(node.name().endsWith("-edge-9103"), node.name());
        assertEquals(Duration.ofSeconds(2), node.heartbeat());
        assertEquals(5, node.goneAfter());
    }

    @Test
    void whatIsPassedThroughGoesBeforeOurDefaultsAndAfterTheCallers() {
        KafkaSettings settings =
                KafkaSettings.from(
                        Settings.of(
                                Map.of(
                                        "kafka.request.timeout.ms", "7",
                                        "kafka.acks", "1",
                                        "kafka.sasl.jaas.config", "s3cr3t")));
        Map<Object, Object> producer = settings.producer(Map.of("acks", "all"));
        assertEquals("7", producer.get("request.timeout.ms"));
        assertEquals("all", producer.get("acks"));
        assertEquals("s3cr3t", producer.get("sasl.jaas.config"));
        assertFalse(settings.toString().contains("s3cr3t"));
    }

    @Test
    void twoNodesOfOneHostHaveTwoNamesAndKeepThem() {
        Settings none = Settings.of(Map.of());
        String first = NodeSettings.from(none, NodeRole.ROUTER, 9102).name();
        assertNotEquals(first, NodeSettings.from(none, NodeRole.ROUTER, 9202).name());
        assertEquals(first, NodeSettings.from(none, NodeRole.ROUTER, 9102).name());
        // Where any free port will do there is nothing to keep, but they still differ.
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            names.add(NodeSettings.from(none, NodeRole.ROUTER, 0).name());
        }
        assertTrue(names.size() > 1, names.toString());
        names.forEach(name -> assertTrue(Incarnation.isValidNode(name), name));
    }

    @Test
    void wrongNamesAreRefused() {
        assertThrows(
                SettingsException.class,
                () -> KafkaSettings.from(Settings.of(Map.of("kafka.topic-prefix", "a/b"))));
        assertThrows(
                SettingsException.class,
                () -> NodeSettings.from(Settings.of(Map.of("node.name", "a b")), NodeRole.API, 1));
        assertThrows(
                SettingsException.class,
                () -> KafkaSettings.from(Settings.of(Map.of("kafka.partitions", "0"))));
    }
}
