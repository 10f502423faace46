package io.lastmile.cli.dev;

import io.lastmile.api.Api;
import io.lastmile.api.ApiSettings;
import io.lastmile.cli.CommandException;
import io.lastmile.edge.Edge;
import io.lastmile.edge.EdgeSettings;
import io.lastmile.node.Admin;
import io.lastmile.node.Clock;
import io.lastmile.node.Lifecycle;
import io.lastmile.node.Metrics;
import io.lastmile.node.Settings;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.router.Router;
import io.lastmile.router.RouterSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** The whole of Lastmile in one process: every part, in the order in which they start. */
final class Dev {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final long READY_POLL_MS = 20;

    private Dev() {}

    /** Starts everything. All of it is ready when this returns. */
    static void start(Lifecycle parts, Settings settings, Path kafkaLog, DevAddresses at)
            throws Exception {
        KafkaSettings kafka = KafkaSettings.from(settings);
        RouterSettings routerSettings = RouterSettings.from(settings);
        EdgeSettings edgeSettings = EdgeSettings.from(settings);
        ApiSettings apiSettings = ApiSettings.from(settings);
        settings.refuseUnknown();

        Clock clock = Clock.system();
        Metrics metrics = new Metrics(clock);
        KafkaNode node =
                KafkaNode.alone(
                        kafkaLog,
                        at.host("kafka.port"),
                        at.port("kafka.port"),
                        at.port("kafka.controller.port"));

        parts.start("kafka", new EmbeddedKafka(node));
        Admin admin =
                parts.start(
                        "admin", new Admin(at.host("admin.port"), at.port("admin.port"), metrics));
        var started = new AtomicBoolean();
        admin.part("started", started::get);
        parts.start("router", new Router(routerSettings, kafka, metrics, admin, clock));
        parts.start("edge", new Edge(edgeSettings, kafka, metrics, admin, clock));
        parts.start("api", new Api(apiSettings, kafka, metrics, admin, clock));
        started.set(true);
        awaitReady(admin);
    }

    private static void awaitReady(Admin admin) throws InterruptedException {
        long deadlineNs = System.nanoTime() + READY_WITHIN.toNanos();
        while (!admin.isReady()) {
            if (System.nanoTime() > deadlineNs) {
                throw CommandException.failed(
                        "not ready within %d s: %s says which part, the log says why"
                                .formatted(
                                        READY_WITHIN.toSeconds(),
                                        admin.address() + "/health/ready"));
            }
            Thread.sleep(READY_POLL_MS);
        }
    }
}
