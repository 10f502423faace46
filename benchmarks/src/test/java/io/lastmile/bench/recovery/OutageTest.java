package io.lastmile.bench.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import org.junit.jupiter.api.Test;

/** What was on its way before the fault says nothing about the recovery from it. */
class OutageTest {
    private static final DeviceId ONE = new DeviceId("one");
    private static final DeviceId TWO = new DeviceId("two");
    private static final long MS = 1_000_000;

    @Test
    void itLastsUntilEachDeviceHasGotWhatWasDueLater() {
        long beforeNs = System.nanoTime();
        Outage outage = new Outage(2);
        outage.begin();
        long laterNs = System.nanoTime() + MS;
        outage.arrived(ONE, beforeNs, laterNs);
        outage.arrived(TWO, laterNs, laterNs + 10 * MS);
        assertFalse(outage.isOver());
        assertThrows(IllegalStateException.class, outage::ms);
        outage.arrived(ONE, laterNs, laterNs + 500 * MS);
        outage.arrived(TWO, laterNs, laterNs + 900 * MS);
        assertTrue(outage.isOver());
        double lowMs = 500;
        assertTrue(outage.ms() >= lowMs && outage.ms() < lowMs + 100, "ms: " + outage.ms());
        outage.begin();
        assertEquals(false, outage.isOver());
    }
}
