package io.lastmile.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Settings;
import io.lastmile.node.SettingsException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiSettingsTest {
    @Test
    void theDefaultsAreThoseOfTheManual() {
        ApiSettings settings = ApiSettings.from(Settings.of(Map.of()));
        assertEquals("127.0.0.1", settings.listener().host());
        assertEquals(8080, settings.listener().port());
        assertEquals(ApiSettings.Authentication.NONE, settings.access().authentication());
        assertEquals(256 << 10, settings.messages().payloadBytesMax());
        assertEquals(64 << 20, settings.messages().inFlightBytesMax());
        assertEquals(Duration.ofMillis(1_500), settings.messages().sendDeadline());
        assertEquals(Duration.ofSeconds(1), settings.answers().stateTimeout());
        assertEquals(Duration.ofMinutes(10), settings.messages().idempotencyWindow());
        assertEquals(1_000, settings.messages().batchDevicesMax());
        assertEquals(100, settings.answers().receiptStreamsMax());
        assertEquals("", settings.spans().url());
        assertEquals(20_000, settings.spans().max());
        assertEquals(100_000, settings.spans().messagesMax());
        assertEquals("loopback", settings.hopSecret());
        assertTrue(settings.node().name().endsWith("-api-9101"));
    }

    @Test
    void everyKeyIsMapped() {
        Map<String, String> values = new HashMap<>();
        values.put("node.name", "api-7");
        values.put("api.host", "0.0.0.0");
        values.put("api.authentication", "none");
        values.put("api.port", "0");
        values.put("api.hosts", "lastmile.shop.internal, api.example");
        values.put("api.payload.max", "1MiB");
        values.put("api.in-flight.max", "4MiB");
        values.put("api.send.deadline", "5s");
        values.put("api.state.timeout", "2s");
        values.put("api.idempotency.window", "1m");
        values.put("api.batch.devices.max", "7");
        values.put("api.receipts.streams.max", "8");
        values.put("api.spans.url", "http://collector:4318/v1/traces");
        values.put("api.spans.max", "200");
        values.put("api.spans.messages.max", "300");
        values.put("hop.secret", "s3cr3t");
        Settings given = Settings.of(values);
        ApiSettings settings = ApiSettings.from(given);
        given.refuseUnknown();
        assertEquals("api-7", settings.node().name());
        assertEquals("0.0.0.0", settings.listener().host());
        assertEquals(List.of("lastmile.shop.internal", "api.example"), settings.access().hosts());
        assertEquals(0, settings.listener().port());
        assertEquals(1 << 20, settings.messages().payloadBytesMax());
        assertEquals(4 << 20, settings.messages().inFlightBytesMax());
        assertEquals(Duration.ofSeconds(5), settings.messages().sendDeadline());
        assertEquals(Duration.ofSeconds(2), settings.answers().stateTimeout());
        assertEquals(Duration.ofMinutes(1), settings.messages().idempotencyWindow());
        assertEquals(7, settings.messages().batchDevicesMax());
        assertEquals(8, settings.answers().receiptStreamsMax());
        assertEquals("http://collector:4318/v1/traces", settings.spans().url());
        assertEquals(200, settings.spans().max());
        assertEquals(300, settings.spans().messagesMax());
        assertEquals("s3cr3t", settings.hopSecret());
        assertFalse(settings.toString().contains("s3cr3t"));
    }

    @Test
    void keysNeedTheirFile() {
        SettingsException refused =
                assertThrows(
                        SettingsException.class,
                        () -> ApiSettings.from(Settings.of(Map.of("api.authentication", "keys"))));
        assertEquals("api.keys", refused.key());
        Map<String, String> values = Map.of("api.authentication", "keys", "api.keys", "k");
        assertEquals("k", ApiSettings.from(Settings.of(values)).access().keys());
    }

    @ParameterizedTest
    @CsvSource({
        "api.payload.max,0",
        "api.payload.max,1025KiB",
        "api.in-flight.max,1MiB",
        "api.in-flight.max,2GiB",
        "api.send.deadline,299ms",
        "api.send.deadline,61s",
        "api.state.timeout,49ms",
        "api.state.timeout,31s",
        "api.idempotency.window,25h",
        "api.batch.devices.max,0",
        "api.receipts.streams.max,0",
        "api.spans.url,collector:4318",
        "api.spans.max,99",
        "api.spans.messages.max,99",
        "api.port,65536",
        "api.authentication,password",
        "api.host,0.0.0.0",
    })
    void whatIsOutOfBoundsIsRefusedByItsKey(String key, String value) {
        SettingsException refused =
                assertThrows(
                        SettingsException.class,
                        () -> ApiSettings.from(Settings.of(Map.of(key, value))));
        assertEquals(key, refused.key());
    }
}
