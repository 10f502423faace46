package io.lastmile.cli.channels;

import picocli.CommandLine.Command;

/** {@code lastmile channels}. */
@Command(
        name = "channels",
        description = "Shows channels and who is in them; devices join and leave.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ListChannels.class,
            ShowChannel.class,
            ChangeMembers.Join.class,
            ChangeMembers.Leave.class
        })
public final class ChannelsCommand {}
