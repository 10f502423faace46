package io.lastmile.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketOriginsTest {
    @ParameterizedTest
    @CsvSource({
        "http://localhost, true",
        "https://LOCALHOST:3000, true",
        "http://app.localhost:3000, true",
        "http://127.0.0.1:8080, true",
        "http://127.1.2.3, true",
        "http://[::1]:8080, true",
        "null, false",
        "'', false",
        "http://localhost.evil.example, false",
        "http://127.0.0.1.evil.example, false",
        "http://evil.example, false",
        "http://localhost/path, false",
        "http://localhost:1@evil.example, false",
        "http://192.168.1.1, false",
        "file://, false",
    })
    void loopbackIsTheBrowsersOwnMachine(String origin, boolean allowed) {
        assertEquals(allowed, WebSocketOrigins.LOOPBACK.allow(origin));
        assertEquals(allowed, WebSocketOrigins.of("loopback").allow(origin));
    }

    @Test
    void whatIsListedMayConnectAndNothingElse() {
        WebSocketOrigins origins = WebSocketOrigins.of(" https://Shop.example ,http://10.0.0.1:81");
        assertTrue(origins.allow("https://shop.example"));
        assertTrue(origins.allow("http://10.0.0.1:81"));
        assertFalse(origins.allow("http://shop.example"), "another scheme");
        assertFalse(origins.allow("https://shop.example:444"), "another port");
        assertFalse(origins.allow("http://localhost"));
        assertTrue(WebSocketOrigins.of("*").allow("null"));
        assertFalse(WebSocketOrigins.of("").allow("http://localhost"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop.example", "https://shop.example/", "null", "ftp://shop.example"})
    void whatIsNoOriginIsNamed(String setting) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> WebSocketOrigins.of("*," + setting));
        assertTrue(String.valueOf(e.getMessage()).startsWith(setting + " is no origin"));
    }
}
