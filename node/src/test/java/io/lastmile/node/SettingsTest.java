package io.lastmile.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    enum Mode {
        NONE,
        API_KEY
    }

    private static Settings of(String key, String value) {
        return Settings.of(Map.of(key, value));
    }

    private static int count(Settings settings) {
        return settings.count("edge.sessions.max", 5, 1, 10, "sessions");
    }

    private static Duration duration(Settings settings) {
        return settings.duration(
                "a", Duration.ofSeconds(2), Duration.ofMillis(100), Duration.ofDays(28), "time");
    }

    private static long bytes(Settings settings) {
        return settings.bytes("a", 256 << 10, 1 << 10, 1 << 20, "size");
    }

    private static String refusal(org.junit.jupiter.api.function.Executable ask) {
        SettingsException refused = assertThrows(SettingsException.class, ask);
        assertEquals(0, refused.getStackTrace().length);
        return String.valueOf(refused.getMessage());
    }

    @Test
    void whatIsNotGivenHasItsDefault() {
        Settings none = Settings.of(Map.of());
        assertEquals("x", none.text("text", "x", ""));
        assertNull(none.optionalText("optional", ""));
        assertNull(none.optionalSecret("secret", ""));
        assertEquals(5, count(none));
        assertEquals(7, none.number("number", 7, 0, 9, ""));
        assertEquals(256 << 10, bytes(none));
        assertEquals(
                Duration.ofSeconds(2),
                none.duration(
                        "time", Duration.ofSeconds(2), Duration.ZERO, Duration.ofDays(1), ""));
        assertTrue(none.flag("flag", true, ""));
        assertEquals(Mode.NONE, none.choice("mode", Mode.NONE, Mode.class, ""));
        assertEquals(8080, none.port("port", 8080, ""));
        assertFalse(none.isGiven("port"));
    }

    @Test
    void aFlagGoesBeforeTheEnvironmentAndThatBeforeTheFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("lastmile.properties");
        Files.writeString(file, "edge.sessions.max=2\n");
        String config = "--config=" + file;
        Map<String, String> environment = Map.of("LASTMILE_EDGE_SESSIONS_MAX", "3");
        assertEquals(2, count(Settings.read(List.of(config), Map.of())));
        assertEquals(3, count(Settings.read(List.of(config), environment)));
        assertEquals(
                4, count(Settings.read(List.of(config, "--edge.sessions.max=4"), environment)));
        assertEquals(
                4,
                count(
                        Settings.read(
                                List.of("--edge.sessions.max", "4"),
                                Map.of("LASTMILE_CONFIG", file.toString()))));
        assertEquals(2, count(Settings.read(List.of("--config", file.toString()), Map.of())));
        assertTrue(Settings.read(List.of("--on"), Map.of()).flag("on", false, ""));
    }

    @Test
    void aFileThatIsNotThereIsSaidSo() {
        String refusal =
                refusal(() -> Settings.read(List.of("--config", "no/such/file"), Map.of()));
        assertEquals("--config: there is no file no/such/file", refusal);
        assertTrue(refusal(() -> Settings.read(List.of("edge"), Map.of())).contains("--key=value"));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "10,10", "' 7 ',7"})
    void aCountHasBothItsBounds(String text, int expected) {
        assertEquals(expected, count(of("edge.sessions.max", text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "11", "-1", "x", "1.5", "", "99999999999999999999"})
    void aCountOutOfBoundsIsRefusedWithTheKeyAndTheRange(String text) {
        String refusal = refusal(() -> count(of("edge.sessions.max", text)));
        assertTrue(refusal.startsWith("edge.sessions.max: "), refusal);
        assertTrue(refusal.contains("1 to 10"), refusal);
    }

    @ParameterizedTest
    @CsvSource({"100ms,100", "10s,10000", "5m,300000", "2h,7200000", "28d,2419200000", "1 s,1000"})
    void aDurationSaysItsUnit(String text, long ms) {
        assertEquals(Duration.ofMillis(ms), duration(of("a", text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"99ms", "29d", "10", "s", "-1s", "1w", "9999999999999999999d", "1S"})
    void aDurationOutOfBoundsIsRefusedWithTheRange(String text) {
        String refusal = refusal(() -> duration(of("a", text)));
        assertTrue(refusal.contains("100ms to 28d"), refusal);
    }

    @ParameterizedTest
    @CsvSource({"1024,1024", "1KiB,1024", "256KiB,262144", "1MiB,1048576", "2000B,2000"})
    void aSizeMaySayItsUnit(String text, long expected) {
        assertEquals(expected, bytes(of("a", text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1023", "2MiB", "1KB", "MiB", "1.5MiB", "9999999999999TiB"})
    void aSizeOutOfBoundsIsRefusedWithTheRange(String text) {
        String refusal = refusal(() -> bytes(of("a", text)));
        assertTrue(refusal.contains("1KiB to 1MiB"), refusal);
    }

    @Test
    void aChoiceIsWrittenInLowerCaseWithDashes() {
        assertEquals(Mode.API_KEY, of("mode", "api-key").choice("mode", Mode.NONE, Mode.class, ""));
        String refusal =
                refusal(() -> of("mode", "API_KEY").choice("mode", Mode.NONE, Mode.class, ""));
        assertTrue(refusal.contains("none, api-key"), refusal);
        assertTrue(
                refusal(() -> of("flag", "yes").flag("flag", true, "")).contains("true or false"));
        assertTrue(refusal(() -> of("p", "65536").port("p", 1, "")).contains("0 to 65535"));
        assertTrue(refusal(() -> of("t", " ").text("t", "", "")).contains("empty"));
    }

    @Test
    void aSecretIsAskedForButNeverPrinted() {
        String refusal = refusal(() -> Settings.of(Map.of()).secret("hop.secret", "shared"));
        assertTrue(refusal.contains("LASTMILE_HOP_SECRET"), refusal);
        Settings given = of("hop.secret", "s3cr3t");
        assertEquals("s3cr3t", given.secret("hop.secret", "shared"));
        assertFalse((given.rows() + given.toString()).contains("s3cr3t"));
    }

    @Test
    void theRestOfAPrefixIsPassedOn() {
        Settings settings =
                Settings.read(
                        List.of("--kafka.sasl.mechanism=PLAIN", "--kafka.bootstrap=b:1"),
                        Map.of(
                                "LASTMILE_KAFKA_SECURITY_PROTOCOL", "SASL_SSL",
                                "LASTMILE_KAFKA_SINGLE_REPLICA", "true"));
        settings.text("kafka.bootstrap", "", "");
        assertTrue(settings.flag("kafka.single-replica", false, ""));
        assertEquals(
                Map.of("sasl.mechanism", "PLAIN", "security.protocol", "SASL_SSL"),
                settings.under("kafka."));
        settings.refuseUnknown();
    }

    @Test
    void whatNobodyAskedForIsRefusedWithTheNearestName() {
        Settings settings = Settings.of(Map.of("edge.session.max", "5"));
        count(settings);
        assertEquals(
                "edge.session.max: no such setting; did you mean edge.sessions.max?",
                refusal(settings::refuseUnknown));
        Settings far = Settings.of(Map.of("colour", "red"));
        count(far);
        assertTrue(refusal(far::refuseUnknown).contains("docs/configuration.md"));
    }

    @Test
    void everyCallIsARowOfTheManual() {
        Settings settings = Settings.of(Map.of());
        count(settings);
        count(settings);
        duration(settings);
        assertEquals(
                List.of(
                        new Settings.Row("edge.sessions.max", "5", "1 to 10", "sessions"),
                        new Settings.Row("a", "2s", "100ms to 28d", "time")),
                settings.rows());
        assertTrue(
                SettingsManual.table(settings.rows())
                        .contains("| `edge.sessions.max` | `5` | 1 to 10 | sessions |"));
    }

    @Test
    void aListenerBeyondLoopbackNeedsItsAuthenticationSaid() {
        BindRule.check(Settings.of(Map.of()), "edge.host", "127.0.0.1", "edge.authentication");
        BindRule.check(Settings.of(Map.of()), "edge.host", "localhost", "edge.authentication");
        BindRule.check(
                of("edge.authentication", "none"), "edge.host", "0.0.0.0", "edge.authentication");
        String refusal =
                refusal(() ->
                        BindRule.check(
                                Settings.of(Map.of()),
                                "edge.host",
                                "0.0.0.0",
                                "edge.authentication"));
        assertTrue(refusal.contains("edge.authentication=none"), refusal);
    }
}
