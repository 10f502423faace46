package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.api.ApiBench;
import io.lastmile.bench.api.ApiOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench api}. */
@Command(
        name = "api",
        description =
                "How many messages a second the API takes, one a request and by lines of JSON, beside plain producers on the same broker.",
        mixinStandardHelpOptions = true)
final class ApiBenchCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description =
                    "That post one message after the other, and threads of the plain producer (${DEFAULT-VALUE}).")
    private int connections = 64;

    @Option(
            names = "--streams",
            paramLabel = "N",
            description = "Of lines of JSON at once (${DEFAULT-VALUE}).")
    private int streams = 4;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Of a payload (${DEFAULT-VALUE}).")
    private int size = 200;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Of each phase (${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Of all phases, after a warm-up; medians count (${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Of every topic (${DEFAULT-VALUE}).")
    private int partitions = 16;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        within("--connections", connections, 1, 1_000);
        within("--streams", streams, 1, 100);
        within("--size", size, 1, 100_000);
        within("--seconds", seconds, 1, 600);
        within("--rounds", rounds, 1, 100);
        within("--partitions", partitions, 1, 1_000);
        var options = new ApiOptions(connections, streams, size, seconds, rounds, partitions);
        return BenchRun.of(spec, json, (folder, out) -> new ApiBench(options, out).run(folder));
    }
}
