package io.lastmile.bench.recovery;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.Medians;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleSupplier;

/** How long devices are not reached after a router or an edge has ended. */
public final class RecoveryBench {
    private final RecoveryOptions options;
    private final PrintWriter out;
    private final Medians rounds = new Medians();

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public RecoveryBench(RecoveryOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Starts what it needs in a folder, measures, and ends it.
     *
     * @param folder empty; what the processes write is left in it
     */
    public BenchResult run(Path folder) {
        List<String> common =
                List.of(
                        "--kafka.partitions=" + options.partitions(),
                        "--kafka.single-replica=true");
        JavaLaunch java = JavaLaunch.likeThisProcess("-Xmx512m");
        say("starting Kafka, an API, two routers and two edges as processes in " + folder);
        try (Deployment deployment = new Deployment(java, folder, common);
                RecoveryBed bed = new RecoveryBed(options, deployment, deployment.kafka())) {
            say("warming up for " + options.warmUpSeconds() + " s");
            bed.warmUp();
            for (int round = 1; round <= options.rounds(); round++) {
                say("round " + round + "/" + options.rounds());
                measure(Figure.ROUTER, bed::routerKilledMs);
                measure(Figure.ROUTER_GRACEFUL, bed::routerStoppedMs);
                measure(Figure.EDGE, bed::edgeKilledMs);
                measure(Figure.EDGE_GRACEFUL, bed::edgeStoppedMs);
            }
        }
        return new BenchResult("recovery", options.asSettings(), rounds.figures());
    }

    private void measure(Figure figure, DoubleSupplier fault) {
        double ms = fault.getAsDouble();
        rounds.add(figure, ms);
        say(String.format("  %-28s %,9.0f", figure.label(), ms));
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
