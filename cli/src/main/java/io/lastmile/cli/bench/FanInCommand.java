package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.throughput.FanInBench;
import io.lastmile.bench.throughput.FanInOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench fanin}. */
@Command(
        name = "fanin",
        description =
                "Many producers at once: connections that post one message after the other, and plain producers of Kafka's own; through to the receipts.",
        mixinStandardHelpOptions = true)
final class FanInCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Mixin private final LoadFlags load = new LoadFlags();

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "That post one message after the other (${DEFAULT-VALUE}).")
    private int connections = 256;

    @Option(
            names = "--producers",
            paramLabel = "N",
            description = "Plain producers (${DEFAULT-VALUE}).")
    private int producers = 4;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        within("--connections", connections, 0, Math.min(1_000, load.devices() / 2));
        within("--producers", producers, 0, Math.min(100, load.devices() / 2));
        load.enoughFor("--connections and --producers", connections + producers);
        var options = new FanInOptions(load.options(), connections, producers);
        return BenchRun.of(spec, json, (folder, out) -> new FanInBench(options, out).run(folder));
    }
}
