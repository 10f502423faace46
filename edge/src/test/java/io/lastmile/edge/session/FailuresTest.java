package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private static final long NETWORK = 0x2001_0db8_0000_0001L;

    @Test
    void aFloodOfOtherNamesHidesNobodysFailures() {
        Failures failures = new Failures(10, 0x5eed_0000_1234_5678L, 0x0fac_7080_dead_beefL, 0);
        for (int i = 0; i < 20_000; i++) {
            failures.failed(NETWORK, new DeviceId("made-up-" + i), 0);
        }
        DeviceId phone = new DeviceId("phone-1");
        assertFalse(failures.isShutOut(NETWORK, phone, 0));
        for (int i = 0; i < 10; i++) {
            failures.failed(NETWORK, phone, 0);
        }
        assertTrue(failures.isShutOut(NETWORK, phone, 0));
        assertFalse(failures.isShutOut(NETWORK + 1, phone, 0));
        assertFalse(failures.isShutOut(NETWORK, phone, 61_000_000_000L));
    }
}
