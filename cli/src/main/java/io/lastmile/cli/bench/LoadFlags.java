package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.throughput.LoadOptions;
import picocli.CommandLine.Option;

/** The flags of all benchmarks of throughput. */
final class LoadFlags {
    @Option(names = "--devices", paramLabel = "N", description = "Connected (${DEFAULT-VALUE}).")
    private int devices = 10_000;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Of a payload (${DEFAULT-VALUE}).")
    private int size = 200;

    @Option(
            names = "--under-way",
            paramLabel = "N",
            description = "Messages sent and not yet settled, at most (${DEFAULT-VALUE}).")
    private int underWay = 20_000;

    @Option(names = "--seconds", paramLabel = "N", description = "Of a round (${DEFAULT-VALUE}).")
    private int seconds = 60;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Seconds of each before the first round (${DEFAULT-VALUE}).")
    private int warmUpSeconds = 60;

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

    LoadOptions options() {
        within("--devices", devices, 1, 18_000);
        within("--size", size, 6, 100_000);
        within("--under-way", underWay, 100, 10_000_000);
        within("--seconds", seconds, 1, 3_600);
        within("--warm-up", warmUpSeconds, 1, 3_600);
        within("--rounds", rounds, 1, 100);
        within("--partitions", partitions, 1, 1_000);
        return new LoadOptions(devices, size, underWay, seconds, warmUpSeconds, rounds, partitions);
    }

    int devices() {
        return devices;
    }

    /** Refuses more senders than there are devices: each has some of its own. */
    void enoughFor(String option, int senders) {
        within(option, senders, 1, devices);
    }
}
