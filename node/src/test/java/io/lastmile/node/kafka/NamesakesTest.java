package io.lastmile.node.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamesakesTest {
    private static final Incarnation FIRST = new Incarnation("edge-a", 1);
    private static final Incarnation SECOND = new Incarnation("edge-a", 2);

    private final List<String> found = new ArrayList<>();
    private final Namesakes namesakes = new Namesakes(found::add);
    private long offset;

    private void beats(Incarnation node, boolean draining) {
        NodeRecord.Heartbeat beat =
                new NodeRecord.Heartbeat(
                        NodeRole.EDGE,
                        draining,
                        1,
                        0,
                        "1",
                        Map.of(),
                        Map.of(),
                        NodeRecord.RouterPartitions.NONE);
        namesakes.heartbeat(node, beat, offset++);
    }

    @Test
    void twoThatLiveAtTheSameTimeAreToldOnce() {
        for (int i = 0; i < 3; i++) {
            beats(FIRST, false);
            beats(SECOND, false);
        }
        assertEquals(List.of("edge-a"), found);
    }

    @Test
    void oneLifeAfterTheOtherIsNone() {
        beats(FIRST, false);
        beats(FIRST, false);
        beats(SECOND, false);
        beats(FIRST, true); // what it wrote last came late
        beats(SECOND, false);
        beats(new Incarnation("edge-b", 1), false);
        assertEquals(List.of(), found);
    }
}
