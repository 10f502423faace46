package io.lastmile.cli.channels;

import io.lastmile.cli.CommandException;
import io.lastmile.wire.BroadcastId;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lastmile broadcasts devices ID --outcome OUTCOME}. */
@Command(
        name = "devices",
        description = "Lists the devices for which a broadcast ended so, or that wait for it.")
final class BroadcastDevices extends ApiCommand {
    @Parameters(paramLabel = "ID", description = "What its POST answered, such as b42.")
    private String id = "";

    @Option(
            names = "--outcome",
            required = true,
            paramLabel = "OUTCOME",
            description =
                    "One of waiting, in-flight, delivered, expired, replaced, overflowed, cancelled, rejected.")
    private String outcome = "";

    @Override
    int run(ApiCalls calls, PrintWriter out) {
        BroadcastId broadcast = broadcast(id);
        if (!outcome.matches("[a-z-]+")) {
            throw CommandException.usage("--outcome: " + outcome + " is none, see --help");
        }
        devices(calls, "/v1/broadcasts/" + broadcast + "/devices?outcome=" + outcome, out);
        return 0;
    }
}
