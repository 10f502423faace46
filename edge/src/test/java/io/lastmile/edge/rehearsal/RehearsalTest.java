package io.lastmile.edge.rehearsal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    @Test
    void devicesAreServedToTheirEnd() throws Exception {
        assertTrue(new Rehearsal(Clock.system(), new Random(1)).all() > 0);
    }
}
