package io.lastmile.cli.channels;

import io.lastmile.node.JsonTree;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code lastmile channels list}. */
@Command(name = "list", description = "Lists the channels that have members, and how many.")
final class ListChannels extends ApiCommand {
    @Override
    int run(ApiCalls calls, PrintWriter out) {
        String next = "";
        do {
            JsonTree part =
                    calls.get("/v1/channels?limit=1000" + (next.isEmpty() ? "" : "&after=" + next));
            for (JsonTree channel : part.objects("channels")) {
                out.printf("%10d  %s%n", channel.number("members", 0), channel.text("name"));
            }
            String more = part.text("next");
            next = more == null ? "" : more;
        } while (!next.isEmpty() && !out.checkError());
        return 0;
    }
}
