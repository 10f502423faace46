package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.latency.LatencyBench;
import io.lastmile.bench.latency.LatencyOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench latency}. */
@Command(
        name = "latency",
        description = {
            "From POST to the device's socket, beside plain Kafka on the same broker.",
            "Latency counts from when a message was due, at a fixed rate."
        },
        mixinStandardHelpOptions = true)
final class LatencyCommand implements Callable<Integer> {
    private static final int RATE_MAX = 100_000;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Messages a second, to all devices together (${DEFAULT-VALUE}).")
    private int rate = 1_000;

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Connected devices (${DEFAULT-VALUE}).")
    private int devices = 10_000;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Of a payload (${DEFAULT-VALUE}).")
    private int size = 200;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Of each round of each side (${DEFAULT-VALUE}).")
    private int seconds = 20;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Of Lastmile and plain Kafka in turn; medians (${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Of each side at twice the rate, not counted (${DEFAULT-VALUE}).")
    private int warmUp = 150;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Of every topic (${DEFAULT-VALUE}).")
    private int partitions = 16;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        within("--rate", rate, 1, RATE_MAX);
        within("--devices", devices, 1, 18_000);
        within("--size", size, 1, 256 << 10);
        within("--seconds", seconds, 1, 3_600);
        within("--rounds", rounds, 1, 100);
        within("--warm-up", warmUp, 1, 3_600);
        within("--partitions", partitions, 1, 1_000);
        var options = new LatencyOptions(rate, devices, size, seconds, rounds, warmUp, partitions);
        return BenchRun.of(spec, json, (folder, out) -> new LatencyBench(options, out).run(folder));
    }
}
