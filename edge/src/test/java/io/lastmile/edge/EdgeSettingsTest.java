package io.lastmile.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.auth.AuthenticationSettings;
import io.lastmile.edge.session.ChannelSettings;
import io.lastmile.edge.session.DeviceSettings;
import io.lastmile.edge.session.HoldSettings;
import io.lastmile.edge.socket.TlsSettings;
import io.lastmile.edge.socket.WebSocketOrigins;
import io.lastmile.node.Settings;
import io.lastmile.node.SettingsException;
import io.lastmile.wire.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeSettingsTest {
    private static EdgeSettings with(String... keysAndValues) {
        Map<String, String> values = new HashMap<>();
        values.put("hop.secret", "correct horse battery");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return EdgeSettings.from(Settings.of(values));
    }

    @Test
    void theDefaults() {
        EdgeSettings edge = with();
        assertEquals(new EdgeSettings.Listeners("127.0.0.1", 1883, Map.of()), edge.listeners());
        assertEquals(
                new DeviceSettings(
                        16,
                        60_000,
                        65_536,
                        1_200,
                        new DeviceSettings.Connects(1_000_000, 10_000, 100, 16_384, 10_000),
                        new HoldSettings(20_000, 5_000, 0, 64 << 20),
                        new ChannelSettings(ChannelSettings.Subscribing.TOKEN, false, 100)),
                edge.devices());
        assertEquals(Runtime.getRuntime().availableProcessors(), edge.sockets().loops());
        assertEquals(4_096, edge.sockets().backlog());
        assertEquals(Duration.ofSeconds(60), edge.sockets().stalledMax());
        assertEquals(65_536, edge.sockets().unsentBytesHigh());
        assertEquals("127.0.0.1", edge.hop().host());
        assertEquals(7400, edge.hop().port());
        assertEquals(Duration.ofSeconds(5), edge.hop().handshakeDeadline());
        assertEquals(Duration.ofSeconds(15), edge.hop().silenceMax());
        assertNull(edge.hop().advertised());
        assertEquals(
                new EdgeSettings.Stop(
                        Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(5)),
                edge.stop());
        assertTrue(edge.node().name().endsWith("-edge-9103"), edge.node().name());
    }

    @ParameterizedTest
    @CsvSource({
        "edge.mqtt.port, 65536",
        "edge.window, 0",
        "edge.window, 1001",
        "edge.mqtt.packet.max, 1023",
        "edge.mqtt.packet.max, 2MiB",
        "edge.handshake.deadline, 99ms",
        "edge.keep-alive.max, 65536s",
        "edge.sessions.max, 0",
        "edge.connect.bytes.max, 100",
        "edge.connects.per-second, 0",
        "edge.authentication.failures.max, 0",
        "edge.loops, 257",
        "edge.backlog, 0",
        "edge.ack.deadline, 61m",
        "edge.stalled.max, 0s",
        "edge.unsent.high, 1KiB",
        "edge.hop.port, -1",
        "edge.hop.silence.max, 10ms",
        "edge.drain.period, 31s",
        "edge.drain.ack-wait, 16s",
        "edge.stop.wait, 11s",
        "edge.authentication, token",
        "edge.authentication.waiting.max, 0",
        "edge.mqtts.port, 8883",
        "edge.wss.port, 8084",
        "edge.ws.port, 65536",
        "edge.ws.port, on",
        "edge.ws.origins, shop.example",
    })
    void whatIsOutOfRangeIsRefusedByName(String key, String value) {
        SettingsException e = assertThrows(SettingsException.class, () -> with(key, value));
        assertEquals(key, e.key());
    }

    @Test
    void theOtherListenersAreOffUntilTheyAreAskedFor() {
        assertEquals(Map.of(), with().listeners().more());
        assertFalse(with().sockets().proxied());
        EdgeSettings all =
                with(
                        "edge.mqtts.port", "8883",
                        "edge.ws.port", "8083",
                        "edge.wss.port", "8084",
                        "edge.tls.certificate", "edge.pem",
                        "edge.tls.key", "edge.key",
                        "edge.tls.device-ca", "devices.pem",
                        "edge.proxy-protocol", "true");
        assertEquals(
                Map.of(
                        Transport.TLS, 8883,
                        Transport.WEBSOCKET, 8083,
                        Transport.SECURE_WEBSOCKET, 8084),
                all.listeners().more());
        assertTrue(all.sockets().proxied());
        assertEquals(WebSocketOrigins.LOOPBACK, with().sockets().origins());
        assertEquals(
                new WebSocketOrigins(Set.of("https://shop.example"), false, false),
                with("edge.ws.origins", "https://shop.example").sockets().origins());
        assertEquals(
                new TlsSettings(Path.of("edge.pem"), Path.of("edge.key"), Path.of("devices.pem")),
                all.sockets().tls());
        SettingsException e =
                assertThrows(
                        SettingsException.class, () -> with("edge.tls.certificate", "edge.pem"));
        assertEquals("edge.tls.key", e.key());
    }

    @Test
    void eachAuthenticationNeedsItsFile() {
        assertEquals(AuthenticationSettings.Kind.NONE, with().authentication().kind());
        Map<String, String> missing =
                Map.of(
                        "jwt", "edge.jwt.keys",
                        "password", "edge.passwords",
                        "mtls", "edge.tls.device-ca");
        missing.forEach((kind, key) -> {
            SettingsException e =
                    assertThrows(SettingsException.class, () -> with("edge.authentication", kind));
            assertEquals(key, e.key());
        });
        AuthenticationSettings jwt =
                with(
                                "edge.authentication", "jwt",
                                "edge.jwt.keys", "keys.json",
                                "edge.jwt.issuer", "https://id.example",
                                "edge.jwt.audience", "lastmile",
                                "edge.authentication.threads", "3")
                        .authentication();
        assertEquals(Path.of("keys.json"), jwt.tokenKeys());
        assertEquals("https://id.example", jwt.tokenIssuer());
        assertEquals("lastmile", jwt.tokenAudience());
        assertEquals(3, jwt.threads());
        assertEquals(1_000, jwt.waitingMax());
        assertEquals(
                Path.of("passwords"),
                with("edge.authentication", "password", "edge.passwords", "passwords")
                        .authentication()
                        .passwords());
    }

    @Test
    void beyondLoopbackAuthenticationHasToBeSaid() {
        SettingsException e =
                assertThrows(SettingsException.class, () -> with("edge.host", "0.0.0.0"));
        assertEquals("edge.host", e.key());
        assertEquals(
                "0.0.0.0",
                with("edge.host", "0.0.0.0", "edge.authentication", "none").listeners().host());
    }

    @Test
    void routersAreToldAnAddressThatTheyCanReach() {
        SettingsException e =
                assertThrows(SettingsException.class, () -> with("edge.hop.host", "0.0.0.0"));
        assertEquals("edge.hop.advertised", e.key());
        assertEquals(
                "10.0.0.5:7400",
                with("edge.hop.host", "0.0.0.0", "edge.hop.advertised", "10.0.0.5:7400")
                        .hop()
                        .advertised());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:74000", "127.0.0.1:0", "10.0.0.5", "http://edge:7400", ":1"})
    void anAddressThatNobodyCanConnectToIsRefusedAtStart(String advertised) {
        SettingsException e =
                assertThrows(
                        SettingsException.class, () -> with("edge.hop.advertised", advertised));
        assertEquals("edge.hop.advertised", e.key());
        assertTrue(String.valueOf(e.getMessage()).contains("host:port"), e.getMessage());
    }

    @Test
    void theSecretHasToBeThereBeyondLoopbackAndIsNeverShown() {
        Map<String, String> open = Map.of("edge.hop.host", "0.0.0.0");
        SettingsException e =
                assertThrows(SettingsException.class, () -> EdgeSettings.from(Settings.of(open)));
        assertEquals("edge.hop.host", e.key());
        assertFalse(with().toString().contains("horse"));
    }
}
