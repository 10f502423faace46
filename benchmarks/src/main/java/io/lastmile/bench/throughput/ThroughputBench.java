package io.lastmile.bench.throughput;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.Medians;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ProcessorTime;
import io.lastmile.bench.process.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many messages a second get from a POST to their device and, once it has acknowledged, to
 * their receipt in Kafka. In turn with it, plain Kafka on the same broker, and a bridge made of a
 * plain consumer and mosquitto.
 */
public final class ThroughputBench {
    private final ThroughputOptions options;
    private final PrintWriter out;
    private final Medians medians = new Medians();
    private @Nullable Recordings recordings;
    private long messages;
    private long lost;
    private long duplicates;
    private long refused;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public ThroughputBench(ThroughputOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Starts what it needs in a folder, measures, and ends it.
     *
     * @param folder empty; what the processes write is left in it
     */
    public BenchResult run(Path folder) throws Exception {
        List<String> common =
                List.of(
                        "--kafka.partitions=" + options.partitions(),
                        "--kafka.single-replica=true",
                        "--log.level=warn");
        JavaLaunch java = JavaLaunch.likeThisProcess("-Xmx1g");
        try (Deployment deployment = new Deployment(java, folder, common)) {
            say("starting Kafka, API, router and edge as processes in " + folder);
            ServerProcess kafka = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(kafka));
            ServerProcess api = deployment.api("api", bootstrap);
            ServerProcess router = deployment.router("router", bootstrap);
            ServerProcess edge =
                    deployment.edge(
                            "edge",
                            bootstrap,
                            "--edge.connects.per-second=1000000",
                            "--edge.accepts.per-second=1000000");
            Deployment.startAll(api, router, edge);
            if (options.profiles() != null) {
                var all = List.of(kafka, api, router, edge);
                recordings = new Recordings(all, options.profiles());
            }
            List<Side> sides = new ArrayList<>();
            try {
                sides.add(new LastmileSide(options, bootstrap, kafka, api, router, edge));
                if (!options.alone()) {
                    sides.add(new BareKafkaSide(options, bootstrap));
                    addBridge(sides, java, kafka, bootstrap, folder.resolve("mosquitto"));
                }
                rounds(sides);
            } finally {
                for (Side side : sides) {
                    side.close();
                }
            }
            return result();
        }
    }

    private void addBridge(
            List<Side> sides, JavaLaunch java, ServerProcess kafka, String bootstrap, Path folder)
            throws Exception {
        Path program = options.mosquitto();
        if (program == null) {
            say("no mosquitto: no bridge to compare with");
        } else {
            sides.add(new BridgeSide(options, java, kafka, bootstrap, program, folder));
        }
    }

    private void rounds(List<Side> sides) throws Exception {
        for (int round = 0; round <= options.rounds(); round++) {
            say(round == 0 ? "warm-up" : "round " + round + "/" + options.rounds());
            for (Side side : sides) {
                side.connect();
                round(round, side);
                side.disconnect();
            }
        }
    }

    private void round(int number, Side side) throws Exception {
        boolean records = number == options.rounds() && side instanceof LastmileSide;
        if (records && recordings != null) {
            recordings.begin();
        }
        Map<Figure, Long> beforeUs = cpuUs(side);
        Side.Round round = side.run(number == 0 ? options.warmUpSeconds() : options.seconds());
        Map<Figure, Long> afterUs = cpuUs(side);
        if (records && recordings != null) {
            recordings.end();
        }
        say(
                "  %-10s %,8.0f messages a second, %,d in all, %d lost, %d again, %d refused"
                        .formatted(
                                side.name(),
                                round.perSecond(),
                                round.messages(),
                                round.lost(),
                                round.duplicates(),
                                round.refused()));
        if (round.refused() > 0) {
            say("  refused: " + side.lastRefusal());
        }
        if (number == 0) {
            return;
        }
        medians.add(side.rate(), round.perSecond());
        afterUs.forEach((figure, us) -> {
            double spentUs = us - beforeUs.getOrDefault(figure, 0L);
            medians.add(figure, spentUs / round.messages());
        });
        if (side instanceof LastmileSide) {
            messages += round.messages();
            lost += round.lost();
            duplicates += round.duplicates();
            refused += round.refused();
        }
    }

    private static Map<Figure, Long> cpuUs(Side side) throws IOException {
        Map<Figure, Long> us = new HashMap<>();
        for (Map.Entry<Figure, Long> process : side.pids().entrySet()) {
            us.put(process.getKey(), ProcessorTime.us(process.getValue()));
        }
        return us;
    }

    private BenchResult result() {
        Map<Figure, Double> figures = medians.figures();
        double rate = figures.getOrDefault(Figure.THROUGHPUT, 0.0);
        Double bare = figures.get(Figure.BARE_THROUGHPUT);
        if (bare != null) {
            figures.put(Figure.THROUGHPUT_RATIO, rate / bare);
        }
        Double bridge = figures.get(Figure.BRIDGE_THROUGHPUT);
        if (bridge != null) {
            figures.put(Figure.BRIDGE_RATIO, rate / bridge);
        }
        figures.put(Figure.THROUGHPUT_MESSAGES, (double) messages);
        figures.put(Figure.LOST, (double) lost);
        figures.put(Figure.DUPLICATES, (double) duplicates);
        figures.put(Figure.THROUGHPUT_REFUSED, (double) refused);
        return new BenchResult("throughput", options.asSettings(), figures);
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
