package io.lastmile.cli.channels;

import io.lastmile.node.Counted;
import io.lastmile.node.JsonTree;
import io.lastmile.wire.ChannelName;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lastmile channels show NAME}. */
@Command(name = "show", description = "Shows how many members a channel has, or which.")
final class ShowChannel extends ApiCommand {
    @Parameters(paramLabel = "CHANNEL", description = "Its name.")
    private String name = "";

    @Option(names = "--devices", description = "Lists the devices in it instead, a line each.")
    private boolean devices;

    @Override
    int run(ApiCalls calls, PrintWriter out) {
        ChannelName channel = channel(name);
        if (devices) {
            devices(calls, "/v1/channels/" + channel + "/devices", out);
            return 0;
        }
        JsonTree told = calls.get("/v1/channels/" + channel);
        out.printf("%s has %s%n", channel, Counted.of(told.number("members", 0), "member"));
        for (JsonTree partition : told.objects("partitions")) {
            out.printf(
                    "%10d  in partition %d%n",
                    partition.number("members", 0), partition.number("partition", 0));
        }
        return 0;
    }
}
