package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.storm.StormBench;
import io.lastmile.bench.storm.StormOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench storm}. */
@Command(
        name = "storm",
        description = {
            "How many devices a second connect, subscribe, stay a little and go, every session told to Kafka; where mosquitto is installed, the same client at it, in turn.",
            "Linux only."
        },
        mixinStandardHelpOptions = true)
final class StormCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--seconds", paramLabel = "N", description = "Of a round (${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Seconds before the first round (${DEFAULT-VALUE}).")
    private int warmUpSeconds = 30;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Of both in turn; the figures are medians (${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Of the client (${DEFAULT-VALUE}).")
    private int threads = 2;

    @Option(
            names = "--unanswered",
            paramLabel = "N",
            description =
                    "Connections of a thread that wait for CONNACK (${DEFAULT-VALUE}). mosquitto lets 100 wait to be accepted; the kernel drops what comes above that.")
    private int unanswered = 40;

    @Option(
            names = "--unconfirmed",
            paramLabel = "N",
            description = "Connections of a thread that wait for SUBACK (${DEFAULT-VALUE}).")
    private int unconfirmed = 500;

    @Option(
            names = "--held",
            paramLabel = "N",
            description = "Subscribed connections of a thread (${DEFAULT-VALUE}).")
    private int held = 1_000;

    @Option(
            names = "--mosquitto",
            paramLabel = "PATH",
            description = "The program; by default the one on the PATH or in /usr/sbin.")
    private @Nullable Path mosquitto;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        within("--seconds", seconds, 1, 600);
        within("--warm-up", warmUpSeconds, 1, 600);
        within("--rounds", rounds, 1, 100);
        within("--threads", threads, 1, 200);
        within("--unanswered", unanswered, 1, 100_000);
        within("--unconfirmed", unconfirmed, 1, 100_000);
        within("--held", held, 1, 100_000);
        var options =
                new StormOptions(
                        seconds,
                        warmUpSeconds,
                        rounds,
                        threads,
                        unanswered,
                        unconfirmed,
                        held,
                        Programs.find("--mosquitto", mosquitto, "mosquitto"));
        return BenchRun.of(spec, json, (folder, out) -> new StormBench(options, out).run(folder));
    }
}
