package io.lastmile.router;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.node.Settings;
import io.lastmile.router.heart.HeartSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a router does that is told nothing is what a heart on a bench does, and the manual says. */
final class RouterSettingsTest {
    @Test
    void aHeartsDefaultsAreThoseOfTheSettings() {
        Settings none = Settings.of(Map.of("hop.secret", "a secret of sixteen bytes or more"));
        assertEquals(HeartSettings.defaults(), RouterSettings.from(none).heart());
    }
}
