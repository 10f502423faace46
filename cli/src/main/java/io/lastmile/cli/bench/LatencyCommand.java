package io.lastmile.cli.bench;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.LatencyBench;
import io.lastmile.cli.CommandException;
import io.lastmile.cli.Logs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
    private static final int RATE_MAX = 1_000_000;

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
    private int devices = 1_000;

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
            description = "Of Lastmile and of plain Kafka, in turn (${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Of each side, not counted (${DEFAULT-VALUE}).")
    private int warmUp = 20;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Of every topic (${DEFAULT-VALUE}).")
    private int partitions = 16;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        positive("--rate", rate, RATE_MAX);
        positive("--devices", devices, 100_000);
        positive("--size", size, 256 << 10);
        positive("--seconds", seconds, 3_600);
        positive("--rounds", rounds, 100);
        positive("--warm-up", warmUp, 3_600);
        positive("--partitions", partitions, 1_000);
        Logs.quiet();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        var options =
                new LatencyBench.Options(rate, devices, size, seconds, rounds, warmUp, partitions);
        Path folder = Files.createTempDirectory("lastmile-bench");
        BenchResult result = new LatencyBench(options, out).run(folder);
        delete(folder); // it stays where the run fails: the processes' output is in it
        out.print(result.table());
        if (json != null) {
            result.write(json);
            out.println("written to " + json);
        }
        out.flush();
        return 0;
    }

    private static void positive(String option, int value, int max) {
        if (value < 1 || value > max) {
            throw CommandException.usage(option + " is 1 to " + max);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
