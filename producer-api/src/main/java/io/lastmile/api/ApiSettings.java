package io.lastmile.api;

import io.lastmile.node.AdminSettings;
import io.lastmile.node.BindRule;
import io.lastmile.node.HopSecret;
import io.lastmile.node.Settings;
import io.lastmile.node.SettingsException;
import io.lastmile.node.kafka.NodeSettings;
import io.lastmile.wire.NodeRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The API's settings.
 *
 * @param keys the file of keys; empty where there is none
 * @param tlsCertificate the file of the certificate's chain; empty for plain HTTP
 * @param tlsKey the file of its key
 * @param connectionsMax open at once
 * @param hosts names under which it is reached where it asks for no keys
 * @param corsOrigins of pages that may call the API from a browser; {@code *} for all
 * @param payloadBytesMax the longest body of a message
 * @param inFlightBytesMax bodies in memory at once; beyond it requests are answered 503
 * @param sendDeadline within which Kafka must have confirmed a message
 * @param stateTimeout within which an owner must have answered a state query
 * @param idempotencyWindow for which this node knows the first id of a key
 * @param batchDevicesMax devices of one message of a batch
 * @param receiptStreamsMax open at once
 * @param hasConsole whether the page for people is served
 * @param tracesShowPayloads and attributes
 * @param revocationsMax devices that may not connect, at once
 * @param replayRateMax messages a second that a replay may ask for
 * @param spansUrl of the collector that spans are posted to; empty where there is none
 * @param spansMax that wait to be posted
 * @param spansMessagesMax unsettled messages whose trace context is kept
 * @param hopSecret that admin ports ask for
 */
public record ApiSettings(
        NodeSettings node,
        String host,
        int port,
        Authentication authentication,
        String keys,
        String tlsCertificate,
        String tlsKey,
        int connectionsMax,
        List<String> hosts,
        List<String> corsOrigins,
        int payloadBytesMax,
        int inFlightBytesMax,
        Duration sendDeadline,
        Duration stateTimeout,
        Duration idempotencyWindow,
        int batchDevicesMax,
        int receiptStreamsMax,
        boolean hasConsole,
        boolean tracesShowPayloads,
        int revocationsMax,
        int replayRateMax,
        String spansUrl,
        int spansMax,
        int spansMessagesMax,
        String hopSecret) {
    public ApiSettings {
        hosts = List.copyOf(hosts);
        corsOrigins = List.copyOf(corsOrigins);
    }

    /** How callers show who they are. */
    public enum Authentication {
        /** Not at all: whoever reaches the port may use it. */
        NONE,
        /** With a key of the file {@code api.keys}. */
        KEYS
    }

    /** The settings that begin with {@code api.}, and those of the node. */
    public static ApiSettings from(Settings settings) {
        // Long because it is the list of all settings, each with its range and its words.
        ApiSettings api =
                new ApiSettings(
                        NodeSettings.from(
                                settings,
                                NodeRole.API,
                                AdminSettings.from(settings, ApiMain.ADMIN_PORT).port()),
                        settings.text("api.host", "127.0.0.1", "where the API listens"),
                        settings.port("api.port", 8080, "the API's HTTP port"),
                        settings.choice(
                                "api.authentication",
                                Authentication.NONE,
                                Authentication.class,
                                "how callers show who they are; must be said beyond loopback"),
                        settings.text(
                                "api.keys",
                                "",
                                "the file of keys, for api.authentication=keys; it is read again"
                                        + " when it changes"),
                        settings.text(
                                "api.tls.certificate",
                                "",
                                "the file with the certificate and its chain in PEM: then the API"
                                        + " speaks HTTPS; it is read again when it changes"),
                        settings.text(
                                "api.tls.key",
                                "",
                                "the file with the certificate's key in PEM (PKCS #8)"),
                        settings.count(
                                "api.connections.max",
                                10_000,
                                10,
                                1_000_000,
                                "connections open at once; further ones wait"),
                        hosts(settings),
                        corsOrigins(settings),
                        payloadBytesMax(settings),
                        inFlightBytesMax(settings),
                        settings.duration(
                                "api.send.deadline",
                                Duration.ofMillis(1_500),
                                Duration.ofMillis(300),
                                Duration.ofSeconds(60),
                                "within which Kafka must have confirmed a message; then 503"),
                        settings.duration(
                                "api.state.timeout",
                                Duration.ofSeconds(1),
                                Duration.ofMillis(50),
                                Duration.ofSeconds(30),
                                "within which the owner of a partition must have answered a question"),
                        settings.duration(
                                "api.idempotency.window",
                                Duration.ofMinutes(10),
                                Duration.ofSeconds(1),
                                Duration.ofDays(1),
                                "how long a repeated idempotency key is answered with the first id;"
                                        + " not longer than router.idempotency.window"),
                        settings.count(
                                "api.batch.devices.max",
                                1_000,
                                1,
                                100_000,
                                "devices that one message of a batch may name"),
                        settings.count(
                                "api.receipts.streams.max",
                                100,
                                1,
                                10_000,
                                "streams of receipts that may be open at once, shared by callers"),
                        settings.flag(
                                "api.console", true, "whether the console is served, at /console"),
                        settings.flag(
                                "api.traces.payloads",
                                true,
                                "whether traces, and so the console, show payloads and"
                                        + " attributes"),
                        settings.count(
                                "api.revocations.max",
                                100_000,
                                1,
                                1_000_000,
                                "devices that may not connect; every edge keeps all of them"),
                        settings.count(
                                "api.replays.rate.max",
                                10_000,
                                1,
                                1_000_000,
                                "messages a second that a replay over the API may ask for"),
                        settings.text(
                                "api.spans.url",
                                "",
                                "the collector that the spans of messages with a traceparent are"
                                        + " posted to in OTLP/HTTP, such as"
                                        + " http://127.0.0.1:4318/v1/traces; none if empty"),
                        settings.count(
                                "api.spans.max",
                                20_000,
                                100,
                                1_000_000,
                                "spans that may wait for the collector; further ones are dropped"),
                        settings.count(
                                "api.spans.messages.max",
                                100_000,
                                100,
                                10_000_000,
                                "unsettled messages whose trace context is kept; beyond it the"
                                        + " oldest have no spans"),
                        HopSecret.from(settings).own());
        if (api.authentication == Authentication.KEYS && api.keys.isEmpty()) {
            throw new SettingsException(
                    "api.keys",
                    "api.authentication=keys needs the file of keys; lastmile keys makes one");
        }
        if (api.tlsCertificate.isEmpty() != api.tlsKey.isEmpty()) {
            throw new SettingsException(
                    api.tlsKey.isEmpty() ? "api.tls.key" : "api.tls.certificate",
                    "HTTPS needs both api.tls.certificate and api.tls.key");
        }
        if (!api.spansUrl.matches("(https?://[A-Za-z0-9.:\\[\\]_-]+/[A-Za-z0-9._~/%-]*)?")) {
            throw new SettingsException(
                    "api.spans.url",
                    api.spansUrl
                            + " is no address with a path, such as http://127.0.0.1:4318/v1/traces");
        }
        BindRule.check(settings, "api.host", api.host, "api.authentication");
        return api;
    }

    private static List<String> hosts(Settings settings) {
        String given =
                settings.text(
                        "api.hosts",
                        "",
                        "with api.authentication=none: names with a dot under which the API is"
                                + " reached, with commas, such as lastmile.shop.internal; addresses,"
                                + " localhost, this machine's name and names without a dot always"
                                + " count");
        List<String> hosts = new ArrayList<>();
        for (String host : given.split(",", -1)) {
            String one = host.strip();
            if (!one.isEmpty() && !one.matches("[A-Za-z0-9._-]+")) {
                throw new SettingsException(
                        "api.hosts",
                        one
                                + " is no name of a host, such as lastmile.shop.internal, without a"
                                + " port");
            }
            if (!one.isEmpty()) {
                hosts.add(one);
            }
        }
        return hosts;
    }

    private static List<String> corsOrigins(Settings settings) {
        String given =
                settings.text(
                        "api.cors.origins",
                        "",
                        "origins of pages that may call the API from a browser, with commas; * for"
                                + " all");
        List<String> origins = new ArrayList<>();
        for (String origin : given.split(",", -1)) {
            String one = origin.strip();
            if (!one.isEmpty() && !one.matches("\\*|https?://[A-Za-z0-9.:\\[\\]-]+")) {
                throw new SettingsException(
                        "api.cors.origins",
                        one + " is no origin, such as https://shop.example, without a path");
            }
            if (!one.isEmpty()) {
                origins.add(one);
            }
        }
        return origins;
    }

    private static int payloadBytesMax(Settings settings) {
        return (int)
                settings.bytes("api.payload.max", 256 << 10, 1, 1 << 20, "the longest payload");
    }

    private static int inFlightBytesMax(Settings settings) {
        return (int)
                settings.bytes(
                        "api.in-flight.max",
                        64 << 20,
                        4 << 20,
                        1 << 30,
                        "payloads in memory at once, shared by callers; beyond it requests are"
                                + " answered 503");
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "ApiSettings[node=" + node + ", host=" + host + ", port=" + port + "]";
    }
}
