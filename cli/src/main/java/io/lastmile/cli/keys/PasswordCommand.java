package io.lastmile.cli.keys;

import io.lastmile.cli.CommandException;
import io.lastmile.edge.auth.PasswordHash;
import io.lastmile.edge.auth.Passwords;
import io.lastmile.wire.DeviceId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lastmile password DEVICE}: gives a device a password. */
@Command(
        name = "password",
        customSynopsis = "lastmile password [OPTIONS] --file=FILE DEVICE",
        description = {
            "Adds a device's line to the file of passwords (edge.passwords).",
            "The password is made up and shown once, or read from the standard input; in the file is only its hash. Edges read the file again within a second or two."
        },
        mixinStandardHelpOptions = true)
public final class PasswordCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "DEVICE", description = "Whose it is.")
    private String device = "";

    @Option(
            names = "--file",
            required = true,
            paramLabel = "FILE",
            description = "The file of passwords; made where there is none.")
    private Path file = Path.of("");

    @Option(
            names = "--stdin",
            description = "The password is the first line of the standard input.")
    private boolean fromInput;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Of PBKDF2 (${DEFAULT-VALUE}): what each CONNECT costs.")
    private int rounds = PasswordHash.ROUNDS;

    @Override
    public Integer call() throws IOException {
        if (!DeviceId.isValid(device)) {
            throw CommandException.usage(DeviceId.RULE);
        }
        if (rounds < 1_000 || rounds > 10_000_000) {
            throw CommandException.usage("--rounds is 1000 to 10000000");
        }
        SecureRandom random = new SecureRandom();
        String password = fromInput ? read() : PasswordHash.generated(random);
        add(PasswordHash.of(new DeviceId(device), password, rounds, random).line());
        if (!fromInput) {
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            out.println(password);
            out.flush();
        }
        return 0;
    }

    private static String read() throws IOException {
        String line =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        .readLine();
        if (line == null || line.isEmpty()) {
            throw CommandException.usage("no password on the standard input");
        }
        return line;
    }

    /** Beside the file first: an edge that reads it meanwhile sees all of it or nothing new. */
    private void add(String line) throws IOException {
        if (Files.isDirectory(file)) {
            throw CommandException.usage("--file: " + file + " is a folder");
        }
        String before = Files.exists(file) ? Files.readString(file) : "";
        String gap = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
        String after = before + gap + line + "\n";
        try {
            Passwords.read(after);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(file + ": " + e.getMessage());
        }
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        if (!Files.isDirectory(folder)) {
            throw CommandException.usage("--file: there is no folder " + folder);
        }
        Path next =
                Files.createTempFile(
                        folder,
                        "passwords",
                        null,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(next, after);
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
