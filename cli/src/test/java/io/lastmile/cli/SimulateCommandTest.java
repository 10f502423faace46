package io.lastmile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What people see of a forecast. */
class SimulateCommandTest {
    @Test
    void aLostEdgeIsToldWithWhatIsTakenForGranted() {
        MainRun run = MainRun.of(List.of("simulate", "--devices", "400000", "--edges-lost", "1"));
        assertEquals(0, run.exitCode(), run.err());
        String text = run.out();
        assertTrue(text.contains("at second 10, 100,000 devices lose their connections"), text);
        assertTrue(text.contains("all devices are reached 10 s after the fault"), text);
        assertTrue(text.contains("taken for granted:"), text);
    }

    @Test
    void moreEdgesCannotBeLostThanThereAre() {
        MainRun run = MainRun.of(List.of("simulate", "--edges", "2", "--edges-lost", "3"));
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("--edges-lost is 0 to 2"), run.err());
    }
}
