package io.lastmile.bench.kills;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.load.Books;
import io.lastmile.bench.load.Until;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ServerProcess;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * kill -9 of routers at random moments under a steady load; each is started again at once, as a
 * supervisor does. At the end every message has to be delivered and to have one receipt, and none
 * may have come twice: the edges live, and so no session has an excuse.
 */
public final class KillsBench {
    private static final String PREFIX = "lastmile.";

    /** A busy machine lags behind the kills: no inbox may overflow meanwhile. */
    private static final String ROOM = "--router.inbox.max=100000";

    private static final int PAUSE_MAX_MS = 6_000;

    private final KillsOptions options;
    private final JavaLaunch java;
    private final PrintWriter out;

    /**
     * A run of it.
     *
     * @param java of its processes
     * @param out where its progress goes
     */
    public KillsBench(KillsOptions options, JavaLaunch java, PrintWriter out) {
        this.options = options;
        this.java = java;
        this.out = out;
    }

    /**
     * Starts what it needs in a folder, kills, checks, and ends it.
     *
     * @param folder empty; what the processes write is left in it
     * @throws IllegalStateException where anything is lost, doubled or out of order
     */
    public BenchResult run(Path folder) throws InterruptedException {
        List<String> common =
                List.of(
                        "--kafka.partitions=" + options.partitions(),
                        "--kafka.single-replica=true");
        try (Deployment deployment = new Deployment(java, folder, common)) {
            say("starting everything in " + folder + "; seed " + options.seed());
            String bootstrap = Deployment.bootstrap(List.of(deployment.kafka().start()));
            ServerProcess api = deployment.api("api", bootstrap);
            List<ServerProcess> edges =
                    List.of(
                            deployment.edge("edge-a", bootstrap),
                            deployment.edge("edge-b", bootstrap));
            List<ServerProcess> routers =
                    IntStream.rangeClosed(1, options.routers())
                            .mapToObj(i -> deployment.router("router-" + i, bootstrap, ROOM))
                            .toList();
            Deployment.startAll(api);
            Deployment.startAll(edges.toArray(ServerProcess[]::new));
            Deployment.startAll(routers.toArray(ServerProcess[]::new));
            try (Books books =
                    new Books(
                            "killed",
                            options.devices(),
                            options.ratePerSecond(),
                            api.address("api.port"),
                            edges.stream().map(edge -> edge.address("edge.mqtt.port")).toList(),
                            bootstrap,
                            PREFIX)) {
                books.awaitGrowth();
                kill(routers, books);
                return result(books);
            }
        }
    }

    private void kill(List<ServerProcess> routers, Books books) {
        Random random = new Random(options.seed());
        for (int kill = 1; kill <= options.kills(); kill++) {
            Until.passed(Duration.ofMillis(random.nextInt(PAUSE_MAX_MS)));
            ServerProcess router = routers.get(random.nextInt(routers.size()));
            router.kill();
            router.launch();
            say(
                    "  kill %d/%d: %s, %,d accepted so far"
                            .formatted(kill, options.kills(), router.name(), books.accepted()));
        }
        routers.forEach(ServerProcess::awaitReady);
    }

    private BenchResult result(Books books) throws InterruptedException {
        int twice = books.settle();
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.KILLS, (double) options.kills());
        figures.put(Figure.THROUGHPUT_MESSAGES, (double) books.accepted());
        figures.put(Figure.REFUSED, (double) books.refused());
        figures.put(Figure.LOST, 0.0); // or settling would have failed
        figures.put(Figure.DUPLICATES, (double) twice);
        return new BenchResult("kills", options.asSettings(), figures);
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
