package io.lastmile.cli.channels;

import io.lastmile.node.JsonTree;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code lastmile broadcasts list}. */
@Command(name = "list", description = "Lists the latest broadcasts, the last first.")
final class ListBroadcasts extends ApiCommand {
    @Override
    int run(ApiCalls calls, PrintWriter out) {
        for (JsonTree one : calls.get("/v1/broadcasts").objects("broadcasts")) {
            out.printf(
                    "%-8s  %s  %s  %s%n",
                    one.text("id"),
                    one.text("acceptedAt"),
                    one.text("audience"),
                    ShowBroadcast.counts(one));
        }
        return 0;
    }
}
