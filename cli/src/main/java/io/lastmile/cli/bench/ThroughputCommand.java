package io.lastmile.cli.bench;

import io.lastmile.bench.throughput.ThroughputBench;
import io.lastmile.bench.throughput.ThroughputOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench throughput}. */
@Command(
        name = "throughput",
        description =
                "How many messages a second get from a POST to PUBACK at the device and a receipt in Kafka; in turn with it plain Kafka, and, where mosquitto is installed, a bridge to it.",
        mixinStandardHelpOptions = true)
final class ThroughputCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Mixin private final LoadFlags load = new LoadFlags();

    @Option(
            names = "--streams",
            paramLabel = "N",
            description = "Of lines of JSON at once (${DEFAULT-VALUE}).")
    private int streams = 4;

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
        load.enoughFor("--streams", streams);
        var options =
                new ThroughputOptions(
                        load.options(),
                        streams,
                        alone,
                        Programs.find("--mosquitto", mosquitto, "mosquitto"),
                        profiles);
        return BenchRun.of(
                spec, json, (folder, out) -> new ThroughputBench(options, out).run(folder));
    }
}
