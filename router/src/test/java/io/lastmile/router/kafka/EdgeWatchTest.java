package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.router.owner.EdgeHops;
import io.lastmile.router.owner.OwnedPartitions;
import io.lastmile.router.ownership.Liveness;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.NodeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** To which edges a router keeps hops, and which it declares gone. */
class EdgeWatchTest {
    private static final Incarnation ROUTER = new Incarnation("router-1", 1);
    private static final Incarnation EDGE = new Incarnation("edge-1", 1);

    private final List<String> done = new ArrayList<>();
    private final EdgeWatch watch =
            new EdgeWatch(
                    () -> ROUTER,
                    new Liveness(2, 2_000),
                    new OwnedPartitions(),
                    new Noting(),
                    edge -> done.add("gone " + edge.node()));
    private long beats;

    private final class Noting implements EdgeHops {
        @Override
        public void keep(Incarnation edge, String host, int port) {
            done.add("keep " + edge.node() + " " + host + ":" + port);
        }

        @Override
        public void drop(Incarnation edge) {
            done.add("drop " + edge.node());
        }

        @Override
        public void send(Incarnation edge, HopFrame.FromRouter frame) {}

        @Override
        public void flush(Incarnation edge) {}

        @Override
        public Set<Incarnation> connected() {
            return Set.of();
        }
    }

    private static NodeRecord.Heartbeat beat(NodeRole role, long sequence, String hop) {
        return new NodeRecord.Heartbeat(
                role,
                false,
                sequence,
                0,
                "",
                Map.of("hop", hop),
                Map.of(),
                NodeRecord.RouterPartitions.NONE);
    }

    private void edgeBeats() {
        watch.heartbeat(EDGE, beat(NodeRole.EDGE, 1, "10.0.0.1:9"), 1_000);
    }

    private void ownBeat() {
        beats++;
        watch.heartbeat(ROUTER, beat(NodeRole.ROUTER, beats, ""), 2_000 * beats);
    }

    private void gone() {
        watch.gone(EDGE, new NodeRecord.Gone(NodeRole.EDGE, ROUTER, 1_000));
    }

    @Test
    void anEdgeThatBeatsHasAHop() {
        edgeBeats();
        assertEquals(List.of("keep edge-1 10.0.0.1:9"), done);
    }

    @Test
    void aSilentEdgeIsDeclaredGone() {
        ownBeat();
        edgeBeats();
        ownBeat();
        ownBeat();
        assertEquals(List.of("keep edge-1 10.0.0.1:9", "gone edge-1"), done);
    }

    @Test
    void whatIsGoneHasNoHop() {
        edgeBeats();
        gone();
        assertEquals("drop edge-1", done.getLast());
    }

    /** It was asleep and does not know yet: a hop to it would be tried for ever. */
    @Test
    void aLateHeartbeatOfWhatIsGoneIsPassedOver() {
        ownBeat();
        edgeBeats();
        gone();
        done.clear();
        edgeBeats();
        ownBeat();
        ownBeat();
        ownBeat();
        assertEquals(List.of(), done);
    }

    /** Long after its end its name may come again. */
    @Test
    void whatIsForgottenMayComeAgain() {
        edgeBeats();
        gone();
        watch.forgotten(EDGE);
        done.clear();
        edgeBeats();
        assertEquals(List.of("keep edge-1 10.0.0.1:9"), done);
    }
}
