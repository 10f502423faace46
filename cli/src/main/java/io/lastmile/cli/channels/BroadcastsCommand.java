package io.lastmile.cli.channels;

import picocli.CommandLine.Command;

/** {@code lastmile broadcasts}. */
@Command(
        name = "broadcasts",
        description = "Shows broadcasts, how far they are and who has them; takes one back.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ListBroadcasts.class,
            ShowBroadcast.class,
            CancelBroadcast.class,
            BroadcastDevices.class
        })
public final class BroadcastsCommand {}
