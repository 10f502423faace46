package io.lastmile.edge;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.lastmile.edge.auth.AuthenticationSettings;
import io.lastmile.edge.hop.HopSettings;
import io.lastmile.edge.session.ChannelSettings;
import io.lastmile.edge.session.DeviceSettings;
import io.lastmile.edge.session.HoldSettings;
import io.lastmile.edge.socket.ArrivalLimits;
import io.lastmile.edge.socket.SocketSettings;
import io.lastmile.edge.socket.TlsSettings;
import io.lastmile.edge.socket.WebSocketOrigins;
import io.lastmile.node.AdminSettings;
import io.lastmile.node.BindRule;
import io.lastmile.node.HopSecret;
import io.lastmile.node.Settings;
import io.lastmile.node.SettingsException;
import io.lastmile.node.kafka.NodeSettings;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is set about an edge, besides Kafka.
 *
 * <p>Long because each setting has its key, default, range and text here, in one place.
 */
public record EdgeSettings(
        NodeSettings node,
        Listeners listeners,
        DeviceSettings devices,
        AuthenticationSettings authentication,
        SocketSettings sockets,
        HopSettings hop,
        Stop stop) {
    /**
     * Where devices connect.
     *
     * @param more ports of the listeners besides plain MQTT; none for those that are off
     */
    public record Listeners(String host, int mqttPort, Map<Transport, Integer> more) {}

    /**
     * How it stops.
     *
     * @param drainPeriod over which it closes connections
     * @param ackWait for what devices have yet to acknowledge
     * @param kafkaWait for Kafka to have the last events
     */
    public record Stop(Duration drainPeriod, Duration ackWait, Duration kafkaWait) {}

    /** The settings that begin with {@code edge.}, {@code node.} and {@code hop.}. */
    public static EdgeSettings from(Settings settings) {
        NodeSettings node =
                NodeSettings.from(
                        settings,
                        NodeRole.EDGE,
                        AdminSettings.from(settings, EdgeMain.ADMIN_PORT).port());
        String host = settings.text("edge.host", "127.0.0.1", "where devices connect");
        AuthenticationSettings authentication = AuthenticationSettings.from(settings);
        BindRule.check(settings, "edge.host", host, "edge.authentication");
        HopSettings hop = hop(settings);
        Map<Transport, Integer> morePorts = morePorts(settings);
        SocketSettings sockets = sockets(settings);
        for (Transport transport : morePorts.keySet()) {
            if (transport != Transport.WEBSOCKET && sockets.tls() == null) {
                throw new SettingsException(
                        listenerKey(transport),
                        "needs a certificate: set edge.tls.certificate and edge.tls.key");
            }
        }
        boolean asksForCertificates = sockets.tls() != null && sockets.tls().deviceCa() != null;
        if (authentication.kind() == AuthenticationSettings.Kind.MTLS && !asksForCertificates) {
            throw new SettingsException(
                    "edge.tls.device-ca",
                    "is missing: edge.authentication=mtls needs to know who signs devices'"
                            + " certificates");
        }
        return new EdgeSettings(
                node,
                new Listeners(
                        host, settings.port("edge.mqtt.port", 1883, "MQTT over TCP"), morePorts),
                devices(settings),
                authentication,
                sockets,
                hop,
                new Stop(
                        settings.duration(
                                "edge.drain.period",
                                ofSeconds(10),
                                ofMillis(0),
                                ofSeconds(30),
                                "over how long a stopping edge closes its devices' connections; few take less"),
                        settings.duration(
                                "edge.drain.ack-wait",
                                ofSeconds(5),
                                ofMillis(0),
                                ofSeconds(15),
                                "how long a stopping edge waits for what devices have yet to acknowledge"),
                        settings.duration(
                                "edge.stop.wait",
                                ofSeconds(5),
                                ofMillis(0),
                                ofSeconds(10),
                                "how long a stop waits for Kafka to have the last events")));
    }

    private static DeviceSettings devices(Settings settings) {
        return new DeviceSettings(
                settings.count(
                        "edge.window", 16, 1, 1_000, "messages that a device may leave open"),
                settings.duration(
                                "edge.ack.deadline",
                                ofSeconds(60),
                                ofSeconds(1),
                                ofMinutes(60),
                                "how long a device may have a message, the oldest of those it has, and not"
                                        + " acknowledge it")
                        .toMillis(),
                (int)
                        settings.bytes(
                                "edge.mqtt.packet.max",
                                64 << 10,
                                1 << 10,
                                1 << 20,
                                "the longest packet taken from a device"),
                (int)
                        settings.duration(
                                        "edge.keep-alive.max",
                                        ofMinutes(20),
                                        ofSeconds(1),
                                        ofSeconds(65_535),
                                        "the longest keep alive of an MQTT 5 device, also of one that asks for"
                                                + " none")
                                .toSeconds(),
                connects(settings),
                hold(settings),
                channels(settings));
    }

    private static ChannelSettings channels(Settings settings) {
        return new ChannelSettings(
                settings.choice(
                        "edge.channels.subscribe",
                        ChannelSettings.Subscribing.TOKEN,
                        ChannelSettings.Subscribing.class,
                        "which channels devices may subscribe to: off for none, token for those"
                                + " that the claim channels of their token names, any for all"),
                settings.flag(
                        "edge.channels.durable",
                        false,
                        "whether a device that subscribes to a channel stays in it when its session"
                                + " ends, where its SUBSCRIBE does not say"),
                settings.count(
                        "edge.channels.per-device",
                        100,
                        1,
                        1_000,
                        "channels that a connection may subscribe to or its token may join"));
    }

    private static DeviceSettings.Connects connects(Settings settings) {
        return new DeviceSettings.Connects(
                settings.count(
                        "edge.sessions.max", 1_000_000, 1, 10_000_000, "devices connected at once"),
                settings.count(
                        "edge.connects.per-second",
                        10_000,
                        1,
                        1_000_000,
                        "CONNECTs that are taken; more are told to come again later"),
                settings.count(
                        "edge.authentication.failures.max",
                        100,
                        1,
                        10_000,
                        "failures of one device id from one address within a minute, after which it"
                                + " is not looked at from there for the rest of it"),
                (int)
                        settings.bytes(
                                "edge.connect.bytes.max",
                                16 << 10,
                                1 << 10,
                                1 << 20,
                                "the longest CONNECT: what somebody may send before it is known who"
                                        + " it is"),
                settings.duration(
                                "edge.handshake.deadline",
                                ofSeconds(10),
                                ofMillis(100),
                                ofMinutes(1),
                                "from accept to CONNECT")
                        .toMillis());
    }

    private static HoldSettings hold(Settings settings) {
        return new HoldSettings(
                hold(settings, "very-low", ofSeconds(20)),
                hold(settings, "low", ofSeconds(5)),
                hold(settings, "normal", Duration.ZERO),
                settings.bytes(
                        "edge.hold.bytes.max",
                        64 << 20,
                        0,
                        1L << 40,
                        "payloads that are held in all; over it nothing more is held"));
    }

    private static long hold(Settings settings, String urgency, Duration usual) {
        return settings.duration(
                        "edge.hold." + urgency,
                        usual,
                        Duration.ZERO,
                        ofSeconds(30),
                        "how long a message of urgency "
                                + urgency
                                + " may wait for the device's next own packet, so that a sleeping radio"
                                + " wakes once; 0 for not at all")
                .toMillis();
    }

    private static int loops(Settings settings) {
        int given =
                settings.count(
                        "edge.loops",
                        0,
                        0,
                        256,
                        "threads that serve connections; 0 is one a processor");
        return given == 0 ? Runtime.getRuntime().availableProcessors() : given;
    }

    /** Off is the default: each is opened only where it is asked for. */
    private static Map<Transport, Integer> morePorts(Settings settings) {
        Map<Transport, Integer> ports = new EnumMap<>(Transport.class);
        for (Transport transport :
                List.of(Transport.TLS, Transport.WEBSOCKET, Transport.SECURE_WEBSOCKET)) {
            String key = listenerKey(transport);
            int usual =
                    switch (transport) {
                        case TLS -> 8883;
                        case WEBSOCKET -> 8083;
                        default -> 8084;
                    };
            String given =
                    settings.text(
                            key,
                            "off",
                            "a listener for MQTT over "
                                    + name(transport)
                                    + ": its port, usually "
                                    + usual
                                    + "; 0 for any that is free");
            if (!given.equals("off")) {
                ports.put(transport, portOf(key, given));
            }
        }
        return ports;
    }

    private static int portOf(String key, String given) {
        if (given.matches("[0-9]{1,5}") && Integer.parseInt(given) <= 65_535) {
            return Integer.parseInt(given);
        }
        throw new SettingsException(key, given + " is neither a port (0 to 65535) nor off");
    }

    /** The setting with the port of a listener. */
    static String listenerKey(Transport transport) {
        return switch (transport) {
            case TCP -> "edge.mqtt.port";
            case TLS -> "edge.mqtts.port";
            case WEBSOCKET -> "edge.ws.port";
            case SECURE_WEBSOCKET -> "edge.wss.port";
        };
    }

    private static String name(Transport transport) {
        return switch (transport) {
            case TCP -> "TCP";
            case TLS -> "TLS";
            case WEBSOCKET -> "WebSocket";
            case SECURE_WEBSOCKET -> "WebSocket and TLS";
        };
    }

    private static @Nullable TlsSettings tls(Settings settings) {
        String certificate =
                settings.optionalText(
                        "edge.tls.certificate",
                        "file with the edge's certificate and those that lead to its root, PEM; read"
                                + " again when it changes");
        String key =
                settings.optionalText(
                        "edge.tls.key", "file with the certificate's private key, PEM, PKCS#8");
        String deviceCa =
                settings.optionalText(
                        "edge.tls.device-ca",
                        "file with the certificates of who signs devices' certificates, PEM; where"
                                + " it is set, a device has to show one over TLS");
        if (certificate == null) {
            return null;
        }
        if (key == null) {
            throw new SettingsException(
                    "edge.tls.key", "is missing: say where the key of edge.tls.certificate is");
        }
        return new TlsSettings(
                Path.of(certificate), Path.of(key), deviceCa == null ? null : Path.of(deviceCa));
    }

    private static SocketSettings sockets(Settings settings) {
        return new SocketSettings(
                loops(settings),
                settings.count(
                        "edge.backlog",
                        4_096,
                        1,
                        65_535,
                        "connections that the kernel holds until they are accepted"),
                settings.duration(
                        "edge.stalled.max",
                        ofSeconds(60),
                        ofSeconds(1),
                        ofMinutes(30),
                        "how long a device's system may take none of the bytes that are on their"
                                + " way to it"),
                (int)
                        settings.bytes(
                                "edge.unsent.high",
                                64 << 10,
                                4 << 10,
                                64 << 20,
                                "what a device may ask for and not read, with 96 bytes for each"
                                        + " answer; then nothing is read from it until it reads"),
                settings.flag(
                        "edge.proxy-protocol",
                        false,
                        "whether a load balancer says first who is behind it (PROXY protocol, 1 or"
                                + " 2), on every listener; everybody else is refused then"),
                new ArrivalLimits(
                        settings.count(
                                "edge.accepts.per-second",
                                20_000,
                                1,
                                1_000_000,
                                "connections that are accepted; more wait in the kernel"),
                        settings.count(
                                "edge.arriving.max",
                                20_000,
                                1,
                                1_000_000,
                                "connections accepted whose CONNECT is not answered yet, TLS"
                                        + " handshakes among them; more wait in the kernel"),
                        settings.count(
                                "edge.arriving.per-address.max",
                                2_000,
                                1,
                                1_000_000,
                                "of those, from one address (IPv6: /64 network); more are closed."
                                        + " All of them, where a balancer without the proxy"
                                        + " protocol stands before the edge")),
                tls(settings),
                origins(settings));
    }

    private static WebSocketOrigins origins(Settings settings) {
        String key = "edge.ws.origins";
        String given =
                settings.text(
                        key,
                        WebSocketOrigins.LOOPBACK_WORD,
                        "origins of pages that may connect over WebSocket from a browser, with"
                                + " commas; loopback for pages of the browser's own machine, * for"
                                + " all");
        try {
            return WebSocketOrigins.of(given);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(key, String.valueOf(e.getMessage()));
        }
    }

    private static HopSettings hop(Settings settings) {
        String host = settings.text("edge.hop.host", "127.0.0.1", "where routers connect");
        HopSecret secret = HopSecret.from(settings, "edge.hop.host", host);
        String advertised =
                settings.optionalAddress(
                        "edge.hop.advertised",
                        "host:port that routers are told; by default edge.hop.host and the port");
        if (advertised == null && (host.equals("0.0.0.0") || host.equals("::"))) {
            throw new SettingsException(
                    "edge.hop.advertised",
                    "routers cannot connect to " + host + ": say host:port of this machine");
        }
        return new HopSettings(
                host,
                settings.port("edge.hop.port", 7400, "the hop"),
                secret,
                settings.duration(
                        "edge.hop.handshake.deadline",
                        ofSeconds(5),
                        ofMillis(100),
                        ofMinutes(1),
                        "from accept to a router's proof"),
                settings.duration(
                        "edge.hop.silence.max",
                        ofSeconds(15),
                        ofSeconds(1),
                        ofMinutes(10),
                        "how long a router may say nothing, not even a ping"),
                advertised);
    }
}
