package io.lastmile.cli.keys;

import io.lastmile.api.keys.ApiKey;
import io.lastmile.api.keys.KeyFile;
import io.lastmile.api.keys.Scope;
import io.lastmile.cli.CommandException;
import io.lastmile.cli.Selected;
import io.lastmile.node.Clock;
import io.lastmile.node.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lastmile keys NAME}: makes a key, shows it once, and adds its line to the file. */
@Command(
        name = "keys",
        customSynopsis = "lastmile keys [OPTIONS] --file=FILE --scopes=SCOPE,... NAME",
        description = {
            "Makes a key for the API and adds its line to the file of keys (api.keys).",
            "The key is shown once; in the file is only its hash. To take a key back, delete its line: the API reads the file again within a second or two."
        },
        mixinStandardHelpOptions = true)
public final class KeysCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "What the key is called, in logs too.")
    private String name = "";

    @Option(
            names = "--file",
            required = true,
            paramLabel = "FILE",
            description = "The file of keys; made where there is none.")
    private Path file = Path.of("");

    @Option(
            names = "--scopes",
            required = true,
            paramLabel = "SCOPE,...",
            description =
                    "What it is good for: send, read, channels, replay, admin; several with commas.")
    private List<String> scopes = List.of();

    @Option(
            names = "--devices",
            paramLabel = "PREFIX,...",
            description = "Only for devices whose id begins so; several with commas.")
    private List<String> devices = List.of();

    @Option(
            names = "--channels",
            paramLabel = "PREFIX,...",
            description =
                    "Only for channels whose name begins so; several with commas. A key with --devices and without this reaches no channel.")
    private List<String> channels = List.of();

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Requests and messages a second; no bound unless given.")
    private int rate;

    @Override
    public Integer call() throws IOException {
        String secret = ApiKey.secret(name, new SecureRandom());
        Set<Scope> allowed = EnumSet.noneOf(Scope.class);
        for (String label : Selected.each("--scopes", scopes)) {
            allowed.add(
                    Scope.ofLabel(label)
                            .orElseThrow(() ->
                                    CommandException.usage(
                                            "--scopes are send, read, channels, replay, admin")));
        }
        List<String> ofDevices = Selected.each("--devices", devices);
        List<String> ofChannels = Selected.each("--channels", channels);
        ApiKey key;
        try {
            key = new ApiKey(name, ApiKey.hash(secret), allowed, ofDevices, ofChannels, rate);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
        add(key.line());
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.println(secret);
        out.flush();
        return 0;
    }

    /** Beside the file first: an API that reads it meanwhile sees all of it or nothing new. */
    private void add(String line) throws IOException {
        if (Files.isDirectory(file)) {
            throw CommandException.usage("--file: " + file + " is a folder");
        }
        String before = Files.exists(file) ? Files.readString(file) : "";
        String gap = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        if (!Files.isDirectory(folder)) {
            throw CommandException.usage("--file: there is no folder " + folder);
        }
        Path next =
                Files.createTempFile(
                        folder,
                        "keys",
                        null,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(next, before + gap + line + "\n");
            var _ = new KeyFile("--file", next, Clock.system());
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (SettingsException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
