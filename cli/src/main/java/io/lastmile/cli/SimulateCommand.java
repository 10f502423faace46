package io.lastmile.cli;

import io.lastmile.bench.scale.Calibration;
import io.lastmile.bench.scale.Forecast;
import io.lastmile.bench.scale.ForecastText;
import io.lastmile.bench.scale.Scenario;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile simulate}. */
@Command(
        name = "simulate",
        description = {
            "What a deployment would go through, second by second, when edges end or devices lose their connections: a calculation from measured figures.",
            "Nothing is started."
        },
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Devices, of all edges together (${DEFAULT-VALUE}).")
    private long devices = 1_000_000;

    @Option(
            names = "--edges",
            paramLabel = "N",
            description = "Edges before the fault (${DEFAULT-VALUE}).")
    private int edges = 4;

    @Option(
            names = "--edge-processors",
            paramLabel = "N",
            description = "Processors of one edge (${DEFAULT-VALUE}).")
    private int edgeProcessors = 2;

    @Option(names = "--routers", paramLabel = "N", description = "Routers (${DEFAULT-VALUE}).")
    private int routers = 2;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Partitions (${DEFAULT-VALUE}).")
    private int partitions = 64;

    @Option(
            names = "--messages",
            paramLabel = "N",
            description = "Messages a second, to all devices together (${DEFAULT-VALUE}).")
    private double messagesPerSecond = 1_000;

    @Option(
            names = "--edges-lost",
            paramLabel = "N",
            description = "Edges that end, and do not come again (${DEFAULT-VALUE}).")
    private int edgesLost = 1;

    @Option(
            names = "--storm",
            paramLabel = "PERCENT",
            description =
                    "Of the other devices, how many lose their connections too (${DEFAULT-VALUE}).")
    private int stormPercent = 0;

    @Option(
            names = "--return",
            paramLabel = "SECONDS",
            description = "The time over which devices first try again (${DEFAULT-VALUE}).")
    private int returnSeconds = 10;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How many seconds are calculated (${DEFAULT-VALUE}).")
    private int seconds = 120;

    @Override
    public Integer call() {
        within("--devices", devices, 1, 100_000_000_000L);
        within("--edges", edges, 1, 1_000_000);
        within("--edge-processors", edgeProcessors, 1, 1_000);
        within("--routers", routers, 1, 1_000_000);
        within("--partitions", partitions, 1, 1_000_000);
        within("--messages", (long) messagesPerSecond, 0, 1_000_000_000_000L);
        within("--edges-lost", edgesLost, 0, edges);
        within("--storm", stormPercent, 0, 100);
        within("--return", returnSeconds, 1, 86_400);
        within("--seconds", seconds, Scenario.FAULT_AT_SECONDS + 1, 86_400);
        var scenario =
                new Scenario(
                        devices,
                        edges,
                        routers,
                        partitions,
                        messagesPerSecond,
                        edgesLost,
                        stormPercent / 100.0,
                        returnSeconds,
                        edgeProcessors,
                        seconds);
        Calibration calibration = Calibration.measured();
        var out = Objects.requireNonNull(spec).commandLine().getOut();
        out.print(ForecastText.of(scenario, calibration, Forecast.of(scenario, calibration)));
        out.flush();
        return 0;
    }

    private static void within(String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw CommandException.usage(option + " is " + min + " to " + max);
        }
    }
}
