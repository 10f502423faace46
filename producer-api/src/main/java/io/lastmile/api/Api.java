package io.lastmile.api;

import io.lastmile.api.figures.FigureFeed;
import io.lastmile.api.figures.Scraper;
import io.lastmile.api.http.Access;
import io.lastmile.api.http.Admission;
import io.lastmile.api.http.ApiHttp;
import io.lastmile.api.http.Broadcasts;
import io.lastmile.api.http.Cors;
import io.lastmile.api.http.FigureStreams;
import io.lastmile.api.http.Owners;
import io.lastmile.api.http.ReceiptStreams;
import io.lastmile.api.http.ReplayPages;
import io.lastmile.api.http.Revocations;
import io.lastmile.api.http.StateQueries;
import io.lastmile.api.http.TracePages;
import io.lastmile.api.http.Views;
import io.lastmile.api.kafka.BroadcastLog;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.ReceiptFeeds;
import io.lastmile.api.kafka.Replays;
import io.lastmile.api.kafka.SpanFeed;
import io.lastmile.api.kafka.Traces;
import io.lastmile.api.keys.KeyFile;
import io.lastmile.api.spans.SpanExporter;
import io.lastmile.api.spans.TracedMessages;
import io.lastmile.node.Admin;
import io.lastmile.node.Clock;
import io.lastmile.node.Hosts;
import io.lastmile.node.HttpListener;
import io.lastmile.node.Lifecycle;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.Heartbeat;
import io.lastmile.node.kafka.Incarnations;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.node.kafka.OwnTime;
import io.lastmile.node.kafka.RevocationsView;
import io.lastmile.node.kafka.TopicCheck;
import io.lastmile.node.tls.CertifiedKeyFiles;
import io.lastmile.node.tls.ServerTls;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The producers' API: open when the constructor returns, ready while Kafka confirms. */
public final class Api implements AutoCloseable {
    private final Lifecycle parts = new Lifecycle();
    private final HttpListener http;

    /**
     * Opens it; waits for Kafka first.
     *
     * @throws io.lastmile.node.SettingsException where a topic or the port is not what it must be
     */
    public Api(
            ApiSettings settings, KafkaSettings kafka, Metrics metrics, Admin admin, Clock clock) {
        // Long because it is the list of all parts, in the order of their start.
        ApiSettings.Messages messages = settings.messages();
        ApiSettings.Answers answers = settings.answers();
        try {
            TopicCheck.ensure(kafka, TopicCheck.WAIT);
            MessageSender sender =
                    parts.start(
                            "api-sender",
                            new MessageSender(
                                    kafka,
                                    settings.node().name(),
                                    messages.sendDeadline(),
                                    messages.idempotencyWindow(),
                                    messages.inFlightBytesMax(),
                                    clock,
                                    metrics));
            sender.learnTopics(TopicCheck.WAIT);
            NodesView nodes = parts.start("api-nodes", new NodesView(kafka, metrics));
            StateQueries stateQueries =
                    parts.start(
                            "api-state-queries",
                            new StateQueries(
                                    new Owners(nodes),
                                    kafka.partitions(),
                                    settings.hopSecret(),
                                    answers.stateTimeout()));
            Admission admission =
                    new Admission(
                            settings.listener().connectionsMax(), messages.inFlightBytesMax());
            metrics.gauge(Metric.API_IN_FLIGHT, admission::bodyBytes);
            RevocationsView revoked =
                    parts.start(
                            "api-revocations", new RevocationsView(kafka, metrics, device -> {}));
            ReceiptStreams receipts =
                    new ReceiptStreams(
                            new ReceiptFeeds(kafka, messages.sendDeadline(), metrics),
                            answers.receiptStreamsMax(),
                            clock);
            metrics.gauge(Metric.API_RECEIPT_STREAMS, receipts::open);
            Traces traces =
                    parts.start(
                            "api-traces",
                            new Traces(kafka, nodes::declaredGone, revoked::of, metrics.tasks()));
            Duration quiet = settings.node().heartbeat().multipliedBy(settings.node().goneAfter());
            FigureFeed figures =
                    new FigureFeed(
                            nodes,
                            parts.start("api-scraper", new Scraper()),
                            quiet,
                            clock,
                            metrics.tasks());
            Views views =
                    new Views(
                            new TracePages(traces, answers.tracesShowPayloads(), clock),
                            new FigureStreams(figures),
                            answers.hasConsole());
            Broadcasts broadcasts = new Broadcasts(stateQueries, new BroadcastLog(traces));
            Access access = access(settings, clock);
            Replays replays =
                    parts.start(
                            "api-replays",
                            new Replays(kafka, () -> Traces.reader(kafka, "api-replay"), clock));
            ApiHttp handler =
                    new ApiHttp(
                            new ApiHttp.Entrance(
                                    access, new Cors(settings.access().corsOrigins()), admission),
                            new ApiHttp.Posting(
                                    sender, messages.payloadBytesMax(), messages.batchDevicesMax()),
                            new ApiHttp.Sources(stateQueries, nodes::seen, receipts, broadcasts),
                            views,
                            new Revocations(
                                    sender,
                                    revoked::of,
                                    revoked::size,
                                    answers.revocationsMax(),
                                    clock),
                            new ReplayPages(
                                    replays, access, admission, answers.replayRateMax(), clock),
                            metrics,
                            clock);
            http =
                    parts.start(
                            "api-http",
                            new HttpListener(
                                    "api.port",
                                    settings.listener().host(),
                                    settings.listener().port(),
                                    tls(settings, clock),
                                    settings.listener().connectionsMax(),
                                    handler));
            // Before the port: what is open holds it.
            var _ = parts.start("api-receipts", receipts);
            var _ = parts.start("api-figures", figures);
            var _ = parts.start("api-broadcasts", broadcasts);
            if (!settings.spans().url().isEmpty()) {
                startSpans(settings, kafka, metrics);
            }
            Heartbeat heartbeat =
                    parts.start("api-heartbeat", beat(settings, kafka, metrics, admin, clock));
            admin.part("api", () -> heartbeat.confirmedWithin(quiet) && revoked.isLoaded());
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private void startSpans(ApiSettings settings, KafkaSettings kafka, Metrics metrics) {
        SpanExporter exporter =
                parts.start(
                        "api-span-exporter",
                        new SpanExporter(
                                URI.create(settings.spans().url()),
                                settings.node().name(),
                                settings.spans().max(),
                                metrics));
        var traced = new TracedMessages(settings.spans().messagesMax(), exporter, metrics);
        var _ = parts.start("api-span-feed", new SpanFeed(kafka, traced, metrics));
    }

    private static Access access(ApiSettings settings, Clock clock) {
        KeyFile keys =
                settings.access().authentication() == ApiSettings.Authentication.NONE
                        ? null
                        : new KeyFile("api.keys", Path.of(settings.access().keys()), clock);
        List<String> hosts = new ArrayList<>(settings.access().hosts());
        hosts.add(settings.listener().host());
        hosts.add(Hosts.advertised(settings.listener().host()));
        return new Access(keys, hosts, clock);
    }

    private static @Nullable SSLContext tls(ApiSettings settings, Clock clock) {
        return settings.listener().tlsCertificate().isEmpty()
                ? null
                : new ServerTls(
                                new CertifiedKeyFiles(
                                        "api.tls.certificate",
                                        Path.of(settings.listener().tlsCertificate()),
                                        "api.tls.key",
                                        Path.of(settings.listener().tlsKey())),
                                clock)
                        .context();
    }

    private Heartbeat beat(
            ApiSettings settings, KafkaSettings kafka, Metrics metrics, Admin admin, Clock clock) {
        Incarnation self = Incarnations.begin(settings.node().name(), clock, new SecureRandom());
        Heartbeat.Report report =
                new Heartbeat.Report(
                        false,
                        Map.of(
                                "http",
                                Hosts.advertised(settings.listener().host()) + ":" + http.port(),
                                "admin",
                                admin.address()),
                        Map.of(),
                        NodeRecord.RouterPartitions.NONE);
        return new Heartbeat(
                kafka,
                settings.node(),
                self,
                NodeRole.API,
                () -> report,
                new OwnTime(clock),
                metrics);
    }

    /** The port, also where any free one was asked for. */
    public int httpPort() {
        return http.port();
    }

    @Override
    public void close() {
        parts.close();
    }
}
