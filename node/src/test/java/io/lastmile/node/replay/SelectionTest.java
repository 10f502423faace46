package io.lastmile.node.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final DeviceId PHONE = new DeviceId("phone-1");
    private static final DeviceId TRUCK = new DeviceId("truck-1");

    private static Selection of(@Nullable Set<DeviceId> devices, @Nullable String prefix) {
        return new Selection(devices, prefix, null, 0, Long.MAX_VALUE, null);
    }

    @Test
    void whatIsLeftOutSelectsEveryDevice() {
        assertTrue(of(null, null).isOf(PHONE));
        assertTrue(of(null, null).isOf(TRUCK));
    }

    @Test
    void whatIsSaidSelectsNoOtherDevice() {
        assertTrue(of(Set.of(PHONE), null).isOf(PHONE));
        assertFalse(of(Set.of(PHONE), null).isOf(TRUCK));
        assertTrue(of(null, "phone-").isOf(PHONE));
        assertFalse(of(null, "phone-").isOf(TRUCK));
        assertFalse(of(Set.of(TRUCK), "phone-").isOf(TRUCK));
    }

    /** Whoever has lost what he meant to select must not get everything. */
    @Test
    void nothingThatIsEmptySelectsEveryDevice() {
        assertThrows(IllegalArgumentException.class, () -> of(Set.of(), null));
        assertThrows(IllegalArgumentException.class, () -> of(null, ""));
        assertEquals(Set.of(PHONE), of(Set.of(PHONE), null).devices());
    }
}
