package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.router.RouterBench;
import io.lastmile.bench.router.RouterOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench router}. */
@Command(
        name = "router",
        description = {
            "One router with millions of devices and parked messages: heap, restart, idle CPU, isolation, a reconnect storm.",
            "The devices are on a virtual edge, without sockets."
        },
        mixinStandardHelpOptions = true)
final class RouterBenchCommand implements Callable<Integer> {
    private static final int MANY = 20_000_000;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Devices online (${DEFAULT-VALUE}).")
    private int devices = 1_000_000;

    @Option(
            names = "--parked",
            paramLabel = "N",
            description = "Messages of absent devices (${DEFAULT-VALUE}).")
    private int parked = 1_000_000;

    @Option(
            names = "--inbox",
            paramLabel = "N",
            description = "Parked messages of each absent device (${DEFAULT-VALUE}).")
    private int inbox = 10;

    @Option(
            names = "--members",
            paramLabel = "N",
            description =
                    "Absent devices in one channel, and what broadcasts to it take; 0 for none (${DEFAULT-VALUE}).")
    private int members;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Of every topic (${DEFAULT-VALUE}).")
    private int partitions = 16;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Of a payload (${DEFAULT-VALUE}).")
    private int size = 200;

    @Option(
            names = "--storm",
            paramLabel = "N",
            description = "Absent devices that come at once; 0 for no storm (${DEFAULT-VALUE}).")
    private int storm = 100_000;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            description = "How long the idle router is watched (${DEFAULT-VALUE}).")
    private int idle = 60;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Of each phase in which latency is measured (${DEFAULT-VALUE}).")
    private int seconds = 20;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Messages a second whose latency is measured (${DEFAULT-VALUE}).")
    private int rate = 200;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        within("--devices", devices, 1, MANY);
        within("--inbox", inbox, 1, 100);
        within("--parked", parked, inbox, MANY);
        within("--members", members, 0, MANY);
        within("--partitions", partitions, 1, 1_000);
        within("--size", size, 1, 256 << 10);
        within("--storm", storm, 0, MANY);
        within("--idle", idle, 1, 3_600);
        within("--seconds", seconds, 1, 3_600);
        within("--rate", rate, 1, 100_000);
        var options =
                new RouterOptions(
                        devices,
                        parked,
                        inbox,
                        members,
                        partitions,
                        size,
                        storm,
                        idle,
                        seconds,
                        rate);
        return BenchRun.of(spec, json, (folder, out) -> new RouterBench(options, out).run(folder));
    }
}
