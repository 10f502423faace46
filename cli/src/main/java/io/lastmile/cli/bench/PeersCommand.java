package io.lastmile.cli.bench;

import io.lastmile.bench.throughput.PeersBench;
import io.lastmile.bench.throughput.PeersOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench peers}. */
@Command(
        name = "peers",
        description =
                "The same messages to the same devices, in turn through Lastmile and through what is installed of: a bridge from Kafka to mosquitto, mosquitto, HiveMQ CE, nats-server.",
        mixinStandardHelpOptions = true)
final class PeersCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Mixin private final LoadFlags load = new LoadFlags();

    @Option(
            names = "--senders",
            paramLabel = "N",
            description = "Streams of lines, and publishers, at once (${DEFAULT-VALUE}).")
    private int senders = 4;

    @Option(
            names = "--mosquitto",
            paramLabel = "PATH",
            description = "The program; by default the one on the PATH or in /usr/sbin.")
    private @Nullable Path mosquitto;

    @Option(
            names = "--nats",
            paramLabel = "PATH",
            description = "nats-server; by default the one on the PATH or in /usr/sbin.")
    private @Nullable Path nats;

    @Option(names = "--hivemq", description = "HiveMQ CE too, which Maven (mvn) fetches.")
    private boolean hivemq;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        load.enoughFor("--senders", senders);
        var options =
                new PeersOptions(
                        load.options(),
                        senders,
                        Programs.find("--mosquitto", mosquitto, "mosquitto"),
                        Programs.find("--nats", nats, "nats-server"),
                        hivemq);
        return BenchRun.of(spec, json, (folder, out) -> new PeersBench(options, out).run(folder));
    }
}
