package io.lastmile.cli.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lastmile.edge.auth.Credentials;
import io.lastmile.edge.auth.Password;
import io.lastmile.edge.auth.Passwords;
import io.lastmile.edge.session.Verdict;
import io.lastmile.node.Clock;
import io.lastmile.wire.DeviceId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PasswordCommandTest {
    @TempDir private Path folder;

    private int run(StringWriter out, String... arguments) {
        CommandLine line = new CommandLine(new PasswordCommand());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(new StringWriter()));
        return line.execute(arguments);
    }

    @Test
    void thePasswordIsShownOnceAndBelievedByTheEdge() throws Exception {
        Path file = folder.resolve("passwords");
        StringWriter out = new StringWriter();
        String[] arguments = {"phone-1", "--file", file.toString(), "--rounds", "1000"};
        assertEquals(0, run(out, arguments));
        String password = out.toString().strip();
        assertFalse(Files.readString(file).contains(password));
        Credentials shown =
                new Credentials(
                        new DeviceId("phone-1"),
                        null,
                        new Password(password.getBytes(StandardCharsets.UTF_8)),
                        null);
        assertEquals(
                new Verdict.Accepted(Verdict.FOR_EVER),
                new Passwords(file, Clock.system()).apply(shown));
        String before = Files.readString(file);
        assertFalse(run(new StringWriter(), arguments) == 0, "it has one already");
        assertEquals(before, Files.readString(file));
    }
}
