package io.lastmile.cli.channels;

import io.lastmile.cli.CommandException;
import io.lastmile.node.Counted;
import io.lastmile.node.Json;
import io.lastmile.wire.ChannelName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lastmile channels join} and {@code leave}. */
abstract class ChangeMembers extends ApiCommand {
    /** As many as are answered before anybody need read the answers. */
    private static final int AT_ONCE = 1_000;

    private static final String STDIN = "-";

    private final boolean leaves;

    @Parameters(index = "0", paramLabel = "CHANNEL", description = "Its name.")
    private String name = "";

    @Parameters(
            index = "1..*",
            paramLabel = "DEVICE",
            description = "Devices; or none, with --from.")
    private List<String> devices = List.of();

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "A file with a device id a line, any number of them; - for the input.")
    private @Nullable String from;

    ChangeMembers(boolean leaves) {
        this.leaves = leaves;
    }

    /** {@code lastmile channels join CHANNEL DEVICE...}. */
    @Command(
            name = "join",
            description = {
                "Has devices join a channel: those named, or those of a file.",
                "Ends with 1 where one was refused."
            })
    static final class Join extends ChangeMembers {
        Join() {
            super(false);
        }
    }

    /** {@code lastmile channels leave CHANNEL DEVICE...}. */
    @Command(
            name = "leave",
            description = {
                "Has devices leave a channel that they joined by the API.",
                "Who joined by a subscription of its own stays for that. Ends with 1 where one was refused."
            })
    static final class Leave extends ChangeMembers {
        Leave() {
            super(true);
        }
    }

    @Override
    int run(ApiCalls calls, PrintWriter out) throws IOException {
        ChannelName channel = channel(name);
        if (devices.isEmpty() == (from == null)) {
            throw CommandException.usage("either devices or --from");
        }
        long refused = 0;
        long made = 0;
        try (BufferedReader lines = open()) {
            List<String> some = next(lines);
            while (!some.isEmpty()) {
                long refusedNow = change(calls, channel, some);
                refused += refusedNow;
                made += some.size() - refusedNow;
                some = next(lines);
            }
        }
        out.printf(
                "%s %s %s%s%n",
                Counted.of(made, "device"),
                leaves ? "leave" : "join",
                channel,
                refused == 0 ? "" : "; refused: " + refused);
        return refused == 0 ? 0 : CommandException.FAILED;
    }

    private BufferedReader open() {
        if (from == null) {
            return new BufferedReader(new StringReader(String.join("\n", devices)));
        }
        if (from.equals(STDIN)) {
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        }
        try {
            return Files.newBufferedReader(Path.of(from));
        } catch (IOException e) {
            throw CommandException.usage("--from: %s cannot be read".formatted(from));
        }
    }

    private static List<String> next(BufferedReader lines) throws IOException {
        List<String> some = new ArrayList<>();
        while (some.size() < AT_ONCE) {
            String line = lines.readLine();
            if (line == null) {
                break;
            }
            if (!line.isBlank()) {
                some.add(line.strip());
            }
        }
        return some;
    }

    /** How many were refused; each of them is told. */
    private long change(ApiCalls calls, ChannelName channel, List<String> some) {
        StringBuilder body = new StringBuilder();
        for (String device : some) {
            body.append(
                            Json.object(json -> {
                                json.writeStringField("device", device);
                                json.writeBooleanField("leave", leaves);
                            }))
                    .append('\n');
        }
        List<String> answers = calls.post("/v1/channels/" + channel + "/devices", body.toString());
        long refused = (long) some.size() - answers.size();
        if (refused > 0) {
            err().println("the API answered " + answers.size() + " of " + some.size());
        }
        for (String answer : answers) {
            String detail = ApiCalls.tree(answer).text("detail");
            if (detail != null) {
                refused++;
                err().println(detail);
            }
        }
        err().flush();
        return refused;
    }
}
