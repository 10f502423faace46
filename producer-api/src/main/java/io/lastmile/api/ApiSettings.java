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
 * The API's settings, by theme.
 *
 * @param hopSecret that admin ports ask for
 */
public record ApiSettings(
        NodeSettings node,
        Listener listener,
        Access access,
        Messages messages,
        Answers answers,
        Spans spans,
        String hopSecret) {

    /** How callers show who they are. */
    public enum Authentication {
        /** Not at all: whoever reaches the port may use it. */
        NONE,
        /** With a key of the file {@code api.keys}. */
        KEYS
    }

    /**
     * Where it listens, and to how many.
     *
     * @param tlsCertificate the file of the certificate's chain; empty for plain HTTP
     * @param tlsKey the file of its key
     * @param connectionsMax open at once
     */
    public record Listener(
            String host, int port, String tlsCertificate, String tlsKey, int connectionsMax) {
        private static Listener from(Settings settings) {
            Listener listener =
                    new Listener(
                            settings.text("api.host", "127.0.0.1", "where the API listens"),
                            settings.port("api.port", 8080, "the API's HTTP port"),
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
                                    "connections open at once; further ones wait"));
            if (listener.tlsCertificate.isEmpty() != listener.tlsKey.isEmpty()) {
                throw new SettingsException(
                        listener.tlsKey.isEmpty() ? "api.tls.key" : "api.tls.certificate",
                        "HTTPS needs both api.tls.certificate and api.tls.key");
            }
            return listener;
        }
    }

    /**
     * Who may call it.
     *
     * @param keys the file of keys; empty where there is none
     * @param hosts names under which it is reached where it asks for no keys
     * @param corsOrigins of pages that may call the API from a browser; {@code *} for all
     */
    public record Access(
            Authentication authentication,
            String keys,
            List<String> hosts,
            List<String> corsOrigins) {
        public Access {
            hosts = List.copyOf(hosts);
            corsOrigins = List.copyOf(corsOrigins);
        }

        private static Access from(Settings settings) {
            Access access =
                    new Access(
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
                            hosts(settings),
                            corsOrigins(settings));
            if (access.authentication == Authentication.KEYS && access.keys.isEmpty()) {
                throw new SettingsException(
                        "api.keys",
                        "api.authentication=keys needs the file of keys; lastmile keys makes one");
            }
            return access;
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
    }

    /**
     * How messages are taken.
     *
     * @param payloadBytesMax the longest body of a message
     * @param inFlightBytesMax bodies in memory at once; beyond it requests are answered 503
     * @param sendDeadline within which Kafka must have confirmed a message
     * @param idempotencyWindow for which this node knows the first id of a key
     * @param batchDevicesMax devices of one message of a batch
     */
    public record Messages(
            int payloadBytesMax,
            int inFlightBytesMax,
            Duration sendDeadline,
            Duration idempotencyWindow,
            int batchDevicesMax) {
        private static Messages from(Settings settings) {
            return new Messages(
                    (int)
                            settings.bytes(
                                    "api.payload.max",
                                    256 << 10,
                                    1,
                                    1 << 20,
                                    "the longest payload"),
                    (int)
                            settings.bytes(
                                    "api.in-flight.max",
                                    64 << 20,
                                    4 << 20,
                                    1 << 30,
                                    "payloads in memory at once, shared by callers; beyond it requests are"
                                            + " answered 503"),
                    settings.duration(
                            "api.send.deadline",
                            Duration.ofMillis(1_500),
                            Duration.ofMillis(300),
                            Duration.ofSeconds(60),
                            "within which Kafka must have confirmed a message; then 503"),
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
                            "devices that one message of a batch may name"));
        }
    }

    /**
     * What it tells and does for people and programs besides.
     *
     * @param stateTimeout within which an owner must have answered a state query
     * @param receiptStreamsMax open at once
     * @param hasConsole whether the page for people is served
     * @param tracesShowPayloads and attributes
     * @param revocationsMax devices that may not connect, at once
     * @param replayRateMax messages a second that a replay may ask for
     */
    public record Answers(
            Duration stateTimeout,
            int receiptStreamsMax,
            boolean hasConsole,
            boolean tracesShowPayloads,
            int revocationsMax,
            int replayRateMax) {
        private static Answers from(Settings settings) {
            return new Answers(
                    settings.duration(
                            "api.state.timeout",
                            Duration.ofSeconds(1),
                            Duration.ofMillis(50),
                            Duration.ofSeconds(30),
                            "within which the owner of a partition must have answered a question"),
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
                            "messages a second that a replay over the API may ask for"));
        }
    }

    /**
     * Where the spans of messages go.
     *
     * @param url of the collector that they are posted to; empty where there is none
     * @param max that wait to be posted
     * @param messagesMax unsettled messages whose trace context is kept
     */
    public record Spans(String url, int max, int messagesMax) {
        private static Spans from(Settings settings) {
            Spans spans =
                    new Spans(
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
                                            + " oldest have no spans"));
            if (!spans.url.matches("(https?://[A-Za-z0-9.:\\[\\]_-]+/[A-Za-z0-9._~/%-]*)?")) {
                throw new SettingsException(
                        "api.spans.url",
                        spans.url
                                + " is no address with a path, such as http://127.0.0.1:4318/v1/traces");
            }
            return spans;
        }
    }

    /** The settings that begin with {@code api.}, and those of the node. */
    public static ApiSettings from(Settings settings) {
        ApiSettings api =
                new ApiSettings(
                        NodeSettings.from(
                                settings,
                                NodeRole.API,
                                AdminSettings.from(settings, ApiMain.ADMIN_PORT).port()),
                        Listener.from(settings),
                        Access.from(settings),
                        Messages.from(settings),
                        Answers.from(settings),
                        Spans.from(settings),
                        HopSecret.from(settings).own());
        BindRule.check(settings, "api.host", api.listener.host, "api.authentication");
        return api;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "ApiSettings[node=" + node + ", listener=" + listener + "]";
    }
}
