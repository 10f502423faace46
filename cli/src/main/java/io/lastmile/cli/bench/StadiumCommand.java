package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.stadium.StadiumBench;
import io.lastmile.bench.stadium.StadiumOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench stadium}. */
@Command(
        name = "stadium",
        description = {
            "How long it takes until very many devices have one message each, all posted at once; in turn with it, a bare fan-out to the same processes of devices.",
            "Linux only."
        },
        mixinStandardHelpOptions = true)
final class StadiumCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--devices", paramLabel = "N", description = "Connected (${DEFAULT-VALUE}).")
    private int devices = 109_901;

    @Option(
            names = "--devices-per-process",
            paramLabel = "N",
            description =
                    "At most so many are at an edge (${DEFAULT-VALUE}); a process may open only so many files.")
    private int devicesPerProcess = 18_500;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Of a payload (${DEFAULT-VALUE}).")
    private int size = 200;

    @Option(
            names = "--streams",
            paramLabel = "N",
            description = "Of lines of JSON at once (${DEFAULT-VALUE}).")
    private int streams = 4;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description =
                    "Messages to each device, on each side, before the first round is measured (${DEFAULT-VALUE}).")
    private int warmUpWaves = 16;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Of both in turn; the figures are medians (${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Of every topic (${DEFAULT-VALUE}).")
    private int partitions = 16;

    @Option(
            names = "--channel",
            description =
                    "In turn with the others also one broadcast to a channel that all devices are in.")
    private boolean channel;

    @Option(
            names = "--jfr",
            paramLabel = "FOLDER",
            description = "Records Kafka, API, router and edges in the last round. Needs a JDK.")
    private @Nullable Path profiles;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        within("--devices", devices, 1, 1_000_000);
        within("--devices-per-process", devicesPerProcess, 1, 19_000);
        within("--size", size, 6, 30_000);
        within("--streams", streams, 1, Math.min(100, devices));
        within("--warm-up", warmUpWaves, 0, 100);
        within("--rounds", rounds, 1, 100);
        within("--partitions", partitions, 1, 1_000);
        var options =
                new StadiumOptions(
                        devices,
                        devicesPerProcess,
                        size,
                        streams,
                        warmUpWaves,
                        rounds,
                        partitions,
                        channel,
                        profiles);
        return BenchRun.of(spec, json, (folder, out) -> new StadiumBench(options, out).run(folder));
    }
}
