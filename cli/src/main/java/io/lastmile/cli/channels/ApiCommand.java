package io.lastmile.cli.channels;

import io.lastmile.cli.CommandException;
import io.lastmile.node.JsonTree;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks the API. */
@Command(mixinStandardHelpOptions = true)
abstract class ApiCommand implements Callable<Integer> {
    private static final int PAGE = 1_000;

    @Spec private @Nullable CommandSpec spec;

    @Mixin private ApiOptions api = new ApiOptions();

    /** Asks and prints. */
    abstract int run(ApiCalls calls, PrintWriter out) throws IOException;

    @Override
    public final Integer call() throws IOException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (ApiCalls calls = api.open()) {
            return run(calls, out);
        } finally {
            out.flush();
        }
    }

    /** Where what goes wrong is said. */
    final PrintWriter err() {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }

    static ChannelName channel(String text) {
        if (!ChannelName.isValid(text)) {
            throw CommandException.usage(ChannelName.RULE);
        }
        return new ChannelName(text);
    }

    static BroadcastId broadcast(String text) {
        try {
            return BroadcastId.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(text + ": " + BroadcastId.RULE);
        }
    }

    /** Prints the devices of a long list, part by part, a line each. */
    static void devices(ApiCalls calls, String path, PrintWriter out) {
        String next = "";
        do {
            String between = path.contains("?") ? "&" : "?";
            String after = next.isEmpty() ? "" : "&after=" + next;
            JsonTree part = calls.get(path + between + "limit=" + PAGE + after);
            for (JsonTree device : part.objects("devices")) {
                out.println(device.text("device"));
            }
            String more = part.text("next");
            next = more == null ? "" : more;
        } while (!next.isEmpty() && !out.checkError());
    }
}
