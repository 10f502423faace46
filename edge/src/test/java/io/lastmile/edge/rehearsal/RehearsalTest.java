package io.lastmile.edge.rehearsal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import io.lastmile.node.Clock;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    @Test
    void everyDeviceIsServedToItsEnd() {
        Rehearsal rehearsal = new Rehearsal(Clock.system(), new Random(1));
        assertDoesNotThrow(rehearsal::all);
    }
}
