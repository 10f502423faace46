package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.density.DensityBench;
import io.lastmile.bench.density.DensityOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench density}. */
@Command(
        name = "density",
        description = {
            "What an idle, subscribed MQTT 5 connection takes of the edge and of the kernel: the slope from --min to --max connections.",
            "Linux only."
        },
        mixinStandardHelpOptions = true)
final class DensityCommand implements Callable<Integer> {
    private static final int MANY = 1_000_000;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--min",
            paramLabel = "N",
            description = "Connections at the first point (${DEFAULT-VALUE}).")
    private int min = 4_000;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "Connections at the last point (${DEFAULT-VALUE}).")
    private int max = 18_000;

    @Option(
            names = "--points",
            paramLabel = "N",
            description = "How often memory is measured in between (${DEFAULT-VALUE}).")
    private int points = 5;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Edges measured one after the other (${DEFAULT-VALUE}).")
    private int runs = 5;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        within("--min", min, 1, MANY);
        within("--max", max, min + 1, MANY);
        within("--points", points, 2, 100);
        within("--runs", runs, 2, 10);
        var options = new DensityOptions(min, max, points, runs);
        return BenchRun.of(spec, json, (folder, out) -> new DensityBench(options, out).run(folder));
    }
}
