package io.lastmile.router.heart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.wire.Incarnation;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EdgeLivenessTest {
    private final Incarnation self = new Incarnation("router", 1);
    private final Incarnation other = new Incarnation("router-2", 1);
    private final Incarnation edge = new Incarnation("edge", 1);
    private final EdgeLiveness liveness = new EdgeLiveness(self, 3);

    @Test
    void onlyOwnHeartbeatsCount() {
        liveness.edgeBeat(edge);
        for (int i = 0; i < 10; i++) {
            assertEquals(Optional.empty(), liveness.routerBeat(other));
        }
        liveness.routerBeat(self);
        liveness.routerBeat(self);
        assertEquals(Optional.of(edge), liveness.routerBeat(self));
    }

    @Test
    void aHeartbeatOfTheEdgeBeginsTheCountAgain() {
        liveness.edgeBeat(edge);
        liveness.routerBeat(self);
        liveness.routerBeat(self);
        liveness.edgeBeat(edge);
        liveness.routerBeat(self);
        assertEquals(Optional.empty(), liveness.routerBeat(self));
    }

    @Test
    void whatIsGoneIsNotCounted() {
        liveness.edgeBeat(edge);
        liveness.gone(edge);
        for (int i = 0; i < 5; i++) {
            assertEquals(Optional.empty(), liveness.routerBeat(self));
        }
    }
}
