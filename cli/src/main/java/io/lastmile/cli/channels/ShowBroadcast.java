package io.lastmile.cli.channels;

import io.lastmile.cli.CommandException;
import io.lastmile.node.Counted;
import io.lastmile.node.JsonTree;
import io.lastmile.wire.BroadcastId;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lastmile broadcasts show ID}. */
@Command(
        name = "show",
        description = {
            "Shows how a broadcast stands, until each member has it or has ended otherwise.",
            "On a terminal it is one line that changes, else a line for each change."
        })
final class ShowBroadcast extends ApiCommand {
    private static final String DATA = "data: ";

    @Parameters(paramLabel = "ID", description = "What its POST answered, such as b42.")
    private String id = "";

    @Option(names = "--no-follow", description = "Shows how it stands now, and ends.")
    private boolean noFollow;

    @Option(names = "--json", description = "Prints what the API says, one JSON object a line.")
    private boolean json;

    @Override
    int run(ApiCalls calls, PrintWriter out) throws IOException {
        BroadcastId broadcast = broadcast(id);
        if (noFollow) {
            String told = calls.text("GET", "/v1/broadcasts/" + broadcast);
            out.println(json ? told : head(told) + counts(ApiCalls.tree(told)));
            return 0;
        }
        boolean isTerminal = !json && isTerminal();
        boolean isComplete = false;
        int width = 0;
        boolean isFirst = true;
        try (BufferedReader events = calls.stream("/v1/broadcasts/" + broadcast + "/events")) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                if (!line.startsWith(DATA)) {
                    continue;
                }
                String told = line.substring(DATA.length());
                JsonTree tree = ApiCalls.tree(told);
                isComplete = tree.flag("complete");
                if (json) {
                    out.println(told);
                } else {
                    if (isFirst) {
                        out.println(head(told).stripTrailing());
                        isFirst = false;
                    }
                    String counts = counts(tree);
                    width = Math.max(width, counts.length());
                    out.print(isTerminal ? "\r" + pad(counts, width) : counts + "\n");
                }
                out.flush();
            }
        }
        if (isTerminal && !isFirst) {
            out.println();
        }
        if (!isComplete) {
            throw CommandException.failed("the API ended the stream before it is complete");
        }
        return 0;
    }

    /** JDK 25 has null where there is none, whatever was said of JDK 22. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    private static String head(String told) {
        JsonTree tree = ApiCalls.tree(told);
        String ending = tree.text("ending");
        return "%s to %s, accepted %s%s%n"
                .formatted(
                        tree.text("id"),
                        tree.text("audience"),
                        tree.text("acceptedAt"),
                        ending == null ? "" : ", " + ending);
    }

    /** The counts of a broadcast in words. */
    static String counts(JsonTree tree) {
        StringBuilder text =
                new StringBuilder(Counted.of(tree.number("membersAtMark", 0), "member"));
        String between = ": ";
        for (Map.Entry<String, Long> outcome : tree.object("byOutcome").numbers().entrySet()) {
            if (outcome.getValue() > 0) {
                text.append(between)
                        .append(outcome.getValue())
                        .append(' ')
                        .append(outcome.getKey());
                between = ", ";
            }
        }
        long waiting = tree.number("waiting", 0);
        long inFlight = tree.number("inFlight", 0);
        if (waiting > 0) {
            text.append(between).append(waiting).append(" waiting");
            between = ", ";
        }
        if (inFlight > 0) {
            text.append(between).append(inFlight).append(" in flight");
        }
        long unread = tree.number("unreadPartitions", 0);
        if (unread > 0) {
            text.append("; not yet read in ").append(Counted.of(unread, "partition"));
        }
        return text.toString();
    }
}
