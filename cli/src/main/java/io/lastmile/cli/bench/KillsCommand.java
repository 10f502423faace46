package io.lastmile.cli.bench;

import static io.lastmile.cli.bench.BenchRun.within;

import io.lastmile.bench.kills.KillsBench;
import io.lastmile.bench.kills.KillsOptions;
import io.lastmile.bench.process.JavaLaunch;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile bench kills}. */
@Command(
        name = "kills",
        description = {
            "Kills routers with -9 at random moments under load and starts them again.",
            "It fails if a message is lost, comes twice in a session, or has not exactly one receipt."
        },
        mixinStandardHelpOptions = true)
final class KillsCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--kills", paramLabel = "N", description = "How many (${DEFAULT-VALUE}).")
    private int kills = 30;

    @Option(
            names = "--routers",
            paramLabel = "N",
            description = "Routers that run (${DEFAULT-VALUE}).")
    private int routers = 3;

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Connected to two edges (${DEFAULT-VALUE}).")
    private int devices = 200;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Messages a second, to all devices together (${DEFAULT-VALUE}).")
    private int rate = 1_000;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Of every topic (${DEFAULT-VALUE}).")
    private int partitions = 16;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the moments and of who is killed (random, and printed).")
    private @Nullable Long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        within("--kills", kills, 1, 10_000);
        within("--routers", routers, 1, 20);
        within("--devices", devices, 2, 10_000);
        within("--rate", rate, 1, 10_000);
        within("--partitions", partitions, 1, 1_000);
        long chosen = seed == null ? new Random().nextInt(Integer.MAX_VALUE) : seed;
        var options = new KillsOptions(kills, routers, devices, rate, partitions, chosen);
        JavaLaunch java = JavaLaunch.likeThisProcess("-Xmx512m");
        return BenchRun.of(
                spec, json, (folder, out) -> new KillsBench(options, java, out).run(folder));
    }
}
