package io.lastmile.bench.latency;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.Medians;
import io.lastmile.bench.Stamp;
import io.lastmile.bench.load.Pace;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ProcessorTime;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.wire.DeviceId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * How long a message takes from its POST to the device's socket, beside plain Kafka on the same
 * broker at the same rate: rounds of one and of the other in turn, after a warm-up of both.
 */
public final class LatencyBench {
    private static final long PROGRESS_EVERY_SECONDS = 5;

    /** The JVMs' compilers count calls: at the rate alone they would be at work for minutes. */
    private static final int WARM_UP_RATES = 2;

    /** Long: what a cold or overloaded machine leaves over would be carried into the next round. */
    private static final long LAST_ARRIVALS_NS = TimeUnit.MINUTES.toNanos(2);

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LatencyOptions options;
    private final PrintWriter out;
    private final Random filler = new Random(1);
    private final List<DeviceId> devices;
    private final Medians medians = new Medians();
    private int phases;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public LatencyBench(LatencyOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
        devices =
                IntStream.range(0, options.devices())
                        .mapToObj(i -> new DeviceId("bench-" + i))
                        .toList();
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
        JavaLaunch java = JavaLaunch.likeThisProcess("-Xmx512m");
        try (Deployment deployment = new Deployment(java, folder, common)) {
            say("starting Kafka, API, router and edge as processes in " + folder);
            ServerProcess kafka = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(kafka));
            ServerProcess api = deployment.api("api", bootstrap);
            ServerProcess router = deployment.router("router", bootstrap);
            ServerProcess edge = deployment.edgeAmongOthers("edge", bootstrap);
            Deployment.startAll(api, router, edge);
            say("connecting " + options.devices() + " devices");
            Map<Figure, Long> pids =
                    Map.of(
                            Figure.MESSAGE_KAFKA_CPU, kafka.pid(),
                            Figure.MESSAGE_API_CPU, api.pid(),
                            Figure.MESSAGE_ROUTER_CPU, router.pid(),
                            Figure.MESSAGE_EDGE_CPU, edge.pid(),
                            Figure.MESSAGE_CLIENT_CPU, ProcessHandle.current().pid());
            Map<Figure, Long> barePids =
                    Map.of(
                            Figure.BARE_KAFKA_CPU, kafka.pid(),
                            Figure.BARE_CLIENT_CPU, ProcessHandle.current().pid());
            try (Side lastmile = new LastmileSide(api, edge, devices, pids);
                    Side bare = new BareKafkaSide(bootstrap, options.partitions(), barePids)) {
                return measure(lastmile, bare);
            }
        }
    }

    private BenchResult measure(Side lastmile, Side bare) throws IOException {
        for (Side side : List.of(lastmile, bare)) {
            int rate = options.ratePerSecond() * WARM_UP_RATES;
            var _ = phase("warm-up", side, rate, options.warmUpSeconds());
        }
        long refusedBefore = lastmile.refused();
        long missing = 0;
        long bareMissing = 0;
        for (int round = 1; round <= options.rounds(); round++) {
            String name = "round " + round + "/" + options.rounds();
            missing += round(name, lastmile);
            addPercentiles(lastmile, Figure.P50, Figure.P99, Figure.P999, Figure.MAX);
            bareMissing += round(name, bare);
            addPercentiles(
                    bare, Figure.BARE_P50, Figure.BARE_P99, Figure.BARE_P999, Figure.BARE_MAX);
            addRatio(Figure.P50_RATIO, 50, lastmile, bare);
            addRatio(Figure.P99_RATIO, 99, lastmile, bare);
        }
        double sent = (double) options.ratePerSecond() * options.seconds() * options.rounds();
        Map<Figure, Double> figures = new EnumMap<>(medians.figures());
        figures.put(Figure.SENT, sent);
        figures.put(Figure.MISSING, (double) missing);
        figures.put(Figure.BARE_SENT, sent);
        figures.put(Figure.BARE_MISSING, (double) bareMissing);
        figures.put(Figure.REFUSED, (double) (lastmile.refused() - refusedBefore));
        return new BenchResult("latency", options.asSettings(), figures);
    }

    private void addPercentiles(Side side, Figure p50, Figure p99, Figure p999, Figure max) {
        Latencies latencies = side.latencies();
        medians.add(p50, latencies.percentileMs(50));
        medians.add(p99, latencies.percentileMs(99));
        medians.add(p999, latencies.percentileMs(99.9));
        medians.add(max, latencies.percentileMs(100));
    }

    private void addRatio(Figure figure, double percentile, Side lastmile, Side bare) {
        double ours = lastmile.latencies().percentileMs(percentile);
        medians.add(figure, ours / bare.latencies().percentileMs(percentile));
    }

    /** A phase that counts, and what it takes of the processors. */
    private long round(String name, Side side) throws IOException {
        Map<Figure, Long> beforeUs = processorUs(side);
        long missing = phase(name, side, options.ratePerSecond(), options.seconds());
        double messages = (double) options.ratePerSecond() * options.seconds();
        processorUs(side)
                .forEach((figure, us) ->
                        medians.add(figure, (us - beforeUs.getOrDefault(figure, 0L)) / messages));
        return missing;
    }

    private static Map<Figure, Long> processorUs(Side side) throws IOException {
        Map<Figure, Long> us = new EnumMap<>(Figure.class);
        for (Map.Entry<Figure, Long> entry : side.pids().entrySet()) {
            us.put(entry.getKey(), ProcessorTime.us(entry.getValue()));
        }
        return us;
    }

    /** Sends at a rate for some seconds and waits for the last arrivals: how many never came. */
    private long phase(String name, Side side, int ratePerSecond, int seconds) {
        int number = ++phases;
        side.latencies().begin(number);
        long count = (long) ratePerSecond * seconds;
        long everySends = ratePerSecond * PROGRESS_EVERY_SECONDS;
        Pace pace = new Pace(System.nanoTime(), ratePerSecond);
        for (long i = 0; i < count; i++) {
            long dueNs = pace.awaitDue(i);
            DeviceId device = devices.get((int) (i % devices.size()));
            side.send(device, new Stamp(number, dueNs).payload(options.payloadBytes(), filler));
            if (i > 0 && i % everySends == 0) {
                progress(name, side, i / ratePerSecond, seconds);
            }
        }
        long deadlineNs = System.nanoTime() + LAST_ARRIVALS_NS;
        while (side.latencies().arrivedCount() < count && System.nanoTime() < deadlineNs) {
            LockSupport.parkNanos(LOOK_NS);
        }
        progress(name, side, seconds, seconds);
        return Math.max(0, count - side.latencies().arrivedCount());
    }

    private void progress(String name, Side side, long second, int seconds) {
        say(
                "%s, %s, %d of %d s: %s"
                        .formatted(
                                name, side.name(), second, seconds, side.latencies().progress()));
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
