package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import io.lastmile.node.Clock;
import io.lastmile.node.Settings;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.OwnTime;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a router says of other nodes. */
class NodesWriterTest {
    @Test
    void whatIsReadWhileTheRouterStopsIsLeftToOthers() {
        KafkaSettings kafka =
                KafkaSettings.from(Settings.of(Map.of("kafka.bootstrap", "127.0.0.1:1")));
        Clock clock = Clock.system();
        OwnTime ownTime = new OwnTime(clock);
        ownTime.confirmed(1_000, clock.nanoTime());
        NodesWriter writer = new NodesWriter(() -> new Incarnation("router-1", 7), kafka, ownTime);
        writer.close();
        assertDoesNotThrow(() -> writer.gone(NodeRole.EDGE, new Incarnation("edge-1", 1)));
    }
}
