package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.recovery.RecoveryBench;
import io.lastmile.bench.recovery.RecoveryOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench recovery}. */
@Command(
        name = "recovery",
        description =
                "How long devices are not reached after kill -9 or the stop of a router or an edge.",
        mixinStandardHelpOptions = true)
final class RecoveryCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Of each fault; the figures are medians (${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Connected devices (${DEFAULT-VALUE}).")
    private int devices = 64;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Messages a second, to all devices together (${DEFAULT-VALUE}).")
    private int rate = 200;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Of every topic (${DEFAULT-VALUE}).")
    private int partitions = 16;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description =
                    "Seconds of three times the rate before the first fault (${DEFAULT-VALUE}).")
    private int warmUp = 60;

    @Option(
            names = "--pause",
            paramLabel = "S",
            description = "Seconds of the rate before each fault (${DEFAULT-VALUE}).")
    private int pause = 15;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        within("--rounds", rounds, 1, 100);
        within("--devices", devices, 2, 10_000);
        within("--rate", rate, 1, 10_000);
        within("--partitions", partitions, 2, 1_000);
        within("--warm-up", warmUp, 0, 3_600);
        within("--pause", pause, 0, 600);
        var options = new RecoveryOptions(rounds, devices, rate, partitions, warmUp, pause);
        return BenchRun.of(
                spec, json, (folder, out) -> new RecoveryBench(options, out).run(folder));
    }
}
