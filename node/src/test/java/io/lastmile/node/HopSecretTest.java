package io.lastmile.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HopSecretTest {
    @Test
    void onLoopbackNoneNeedBeGiven() {
        HopSecret secret = HopSecret.from(Settings.of(Map.of()), "edge.hop.host", "127.0.0.1");
        assertEquals(HopSecret.from(Settings.of(Map.of())), secret);
    }

    @Test
    void beyondLoopbackOneMustBeGiven() {
        SettingsException e =
                assertThrows(
                        SettingsException.class,
                        () -> HopSecret.from(Settings.of(Map.of()), "edge.hop.host", "0.0.0.0"));
        assertTrue(String.valueOf(e.getMessage()).contains("hop.secret"), e.getMessage());
        String secret = "0123456789abcdef";
        Settings given = Settings.of(Map.of("hop.secret", secret));
        assertEquals(secret, HopSecret.from(given, "edge.hop.host", "0.0.0.0").own());
    }

    @Test
    void beyondLoopbackAShortOneIsRefused() {
        String secret = "0123456789abcdef";
        Settings few = Settings.of(Map.of("hop.secret", "0123456789abcde"));
        assertEquals("hop.secret", refused(few).key());
        assertEquals(few.secret("hop.secret", ""), HopSecret.from(few, "h", "127.0.0.1").own());
        Settings before =
                Settings.of(Map.of("hop.secret", secret, "hop.previous-secret", "s3cr3t"));
        assertEquals("hop.previous-secret", refused(before).key());
        assertFalse(String.valueOf(refused(before).getMessage()).contains("s3cr3t"));
    }

    private static SettingsException refused(Settings settings) {
        return assertThrows(
                SettingsException.class,
                () -> HopSecret.from(settings, "edge.hop.host", "0.0.0.0"));
    }

    @Test
    void thePreviousOneIsAcceptedAsWell() {
        Settings given = Settings.of(Map.of("hop.secret", "new", "hop.previous-secret", "old"));
        HopSecret secret = HopSecret.from(given);
        assertEquals("new", secret.own());
        assertEquals(List.of("new", "old"), secret.accepted());
        assertFalse(secret.toString().contains("new"), secret.toString());
    }
}
