package io.lastmile.cli.bench;

import picocli.CommandLine.Command;

/** {@code lastmile bench NAME}. */
@Command(
        name = "bench",
        description = "Measures, with processes of its own, and writes the figures as JSON.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "NAME",
        subcommands = {
            DensityCommand.class,
            ApiBenchCommand.class,
            FanInCommand.class,
            KillsCommand.class,
            LatencyCommand.class,
            MicroCommand.class,
            PeersCommand.class,
            RecoveryCommand.class,
            RouterBenchCommand.class,
            StadiumCommand.class,
            StormCommand.class,
            ThroughputCommand.class
        })
public final class BenchCommand {}
