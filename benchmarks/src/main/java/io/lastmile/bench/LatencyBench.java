package io.lastmile.bench;

import io.lastmile.bench.load.Pace;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.wire.DeviceId;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
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

    /** Long: what a cold or overloaded machine leaves over would be carried into the next round. */
    private static final long LAST_ARRIVALS_NS = TimeUnit.MINUTES.toNanos(2);

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /**
     * What is measured.
     *
     * @param ratePerSecond of messages, to all devices together
     * @param seconds of each round of each side
     * @param warmUpSeconds of each side
     * @param partitions of every topic
     */
    public record Options(
            int ratePerSecond,
            int devices,
            int payloadBytes,
            int seconds,
            int rounds,
            int warmUpSeconds,
            int partitions) {
        Map<String, Object> asSettings() {
            Map<String, Object> settings = new LinkedHashMap<>();
            settings.put("rate_per_second", ratePerSecond);
            settings.put("devices", devices);
            settings.put("payload_bytes", payloadBytes);
            settings.put("seconds", seconds);
            settings.put("rounds", rounds);
            settings.put("warm_up_seconds", warmUpSeconds);
            settings.put("partitions", partitions);
            return settings;
        }
    }

    private final Options options;
    private final PrintWriter out;
    private final Random filler = new Random(1);
    private final List<DeviceId> devices;
    private int phases;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public LatencyBench(Options options, PrintWriter out) {
        this.options = options;
        this.out = out;
        devices =
                IntStream.range(0, options.devices)
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
                        "--kafka.partitions=" + options.partitions,
                        "--kafka.single-replica=true",
                        "--log.level=warn");
        JavaLaunch java = JavaLaunch.likeThisProcess("-Xmx512m");
        try (Deployment deployment = new Deployment(java, folder, common)) {
            say("starting Kafka, API, router and edge as processes in " + folder);
            ServerProcess kafka = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(kafka));
            ServerProcess api = deployment.api("api", bootstrap);
            ServerProcess edge = deployment.edgeForAnyRush("edge", bootstrap);
            Deployment.startAll(api, deployment.router("router", bootstrap), edge);
            say("connecting " + options.devices + " devices");
            try (Side lastmile = new LastmileSide(api, edge, devices);
                    Side bare = new BareKafkaSide(bootstrap, options.partitions)) {
                return measure(lastmile, bare);
            }
        }
    }

    private BenchResult measure(Side lastmile, Side bare) {
        phase("warm-up", lastmile, options.warmUpSeconds, false);
        phase("warm-up", bare, options.warmUpSeconds, false);
        long refusedBefore = lastmile.refused();
        long missing = 0;
        long bareMissing = 0;
        for (int round = 1; round <= options.rounds; round++) {
            String name = "round " + round + "/" + options.rounds;
            missing += phase(name, lastmile, options.seconds, true);
            bareMissing += phase(name, bare, options.seconds, true);
        }
        double sent = (double) options.ratePerSecond * options.seconds * options.rounds;
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        Latencies ours = lastmile.latencies();
        figures.put(Figure.P50, ours.percentileMs(50));
        figures.put(Figure.P99, ours.percentileMs(99));
        figures.put(Figure.P999, ours.percentileMs(99.9));
        figures.put(Figure.MAX, ours.percentileMs(100));
        Latencies theirs = bare.latencies();
        figures.put(Figure.BARE_P50, theirs.percentileMs(50));
        figures.put(Figure.BARE_P99, theirs.percentileMs(99));
        figures.put(Figure.BARE_P999, theirs.percentileMs(99.9));
        figures.put(Figure.BARE_MAX, theirs.percentileMs(100));
        figures.put(Figure.SENT, sent);
        figures.put(Figure.MISSING, (double) missing);
        figures.put(Figure.BARE_SENT, sent);
        figures.put(Figure.BARE_MISSING, (double) bareMissing);
        figures.put(Figure.REFUSED, (double) (lastmile.refused() - refusedBefore));
        return new BenchResult("latency", options.asSettings(), figures);
    }

    /** Sends at the rate for some seconds and waits for the last arrivals: how many never came. */
    private long phase(String name, Side side, int seconds, boolean counts) {
        int number = ++phases;
        side.latencies().begin(number, counts);
        long count = (long) options.ratePerSecond * seconds;
        long everySends = options.ratePerSecond * PROGRESS_EVERY_SECONDS;
        Pace pace = new Pace(System.nanoTime(), options.ratePerSecond);
        for (long i = 0; i < count; i++) {
            long dueNs = pace.awaitDue(i);
            DeviceId device = devices.get((int) (i % devices.size()));
            side.send(device, new Stamp(number, dueNs).payload(options.payloadBytes, filler));
            if (i > 0 && i % everySends == 0) {
                progress(name, side, i / options.ratePerSecond, seconds);
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
