package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.throughput.ThroughputBench;
import io.lastmile.bench.throughput.ThroughputOptions;
import io.lastmile.cli.CommandException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench throughput}. */
@Command(
        name = "throughput",
        description = {
            "How many messages a second get from a POST to PUBACK at the device and a receipt in",
            "Kafka; in turn with it plain Kafka, and, where mosquitto is installed, a bridge to it."
        },
        mixinStandardHelpOptions = true)
final class ThroughputCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--devices", paramLabel = "N", description = "Connected (${DEFAULT-VALUE}).")
    private int devices = 10_000;

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
            names = "--under-way",
            paramLabel = "N",
            description = "Messages posted and not yet settled, at most (${DEFAULT-VALUE}).")
    private int underWay = 20_000;

    @Option(names = "--seconds", paramLabel = "N", description = "Of a round (${DEFAULT-VALUE}).")
    private int seconds = 60;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Seconds of each before the first round (${DEFAULT-VALUE}).")
    private int warmUpSeconds = 45;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Of all in turn; the figures are medians (${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Of every topic (${DEFAULT-VALUE}).")
    private int partitions = 16;

    @Option(names = "--alone", description = "Without anything to compare with.")
    private boolean alone;

    @Option(
            names = "--mosquitto",
            paramLabel = "PATH",
            description = "The program; by default the one on the PATH or in /usr/sbin.")
    private @Nullable Path mosquitto;

    @Option(
            names = "--jfr",
            paramLabel = "FOLDER",
            description = "Records Kafka, API, router and edge in the last round. Needs a JDK.")
    private @Nullable Path profiles;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        within("--devices", devices, 1, 18_000);
        within("--size", size, 6, 100_000);
        within("--streams", streams, 1, 100);
        within("--under-way", underWay, 100, 10_000_000);
        within("--seconds", seconds, 1, 3_600);
        within("--warm-up", warmUpSeconds, 1, 3_600);
        within("--rounds", rounds, 1, 100);
        within("--partitions", partitions, 1, 1_000);
        if (devices % streams != 0) {
            throw CommandException.usage("--devices is a multiple of --streams");
        }
        var options =
                new ThroughputOptions(
                        devices,
                        size,
                        streams,
                        underWay,
                        seconds,
                        warmUpSeconds,
                        rounds,
                        partitions,
                        alone,
                        Programs.find("--mosquitto", mosquitto, "mosquitto"),
                        profiles);
        return BenchRun.of(
                spec, json, (folder, out) -> new ThroughputBench(options, out).run(folder));
    }
}
