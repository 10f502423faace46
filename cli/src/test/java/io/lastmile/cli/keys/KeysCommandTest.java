package io.lastmile.cli.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.api.keys.Caller;
import io.lastmile.api.keys.KeyFile;
import io.lastmile.api.keys.Scope;
import io.lastmile.node.Clock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class KeysCommandTest {
    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = new CommandLine(new KeysCommand());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(new StringWriter()));
        return line.execute(arguments);
    }

    @Test
    void aKeyThatIsMadeIsKnownAndIsNotInTheFile() throws Exception {
        String file = folder.resolve("keys").toString();
        assertEquals(0, run("shop", "--file", file, "--scopes", "send,read", "--devices", "a,b"));
        assertEquals(0, run("other", "--file", file, "--scopes", "admin", "--rate", "5"));
        var secrets = out.toString().lines().toList();
        KeyFile keys = new KeyFile("api.keys", Path.of(file), Clock.system());
        Caller shop = keys.caller(secrets.getFirst()).orElseThrow();
        assertEquals(Set.of(Scope.SEND, Scope.READ), shop.scopes());
        assertEquals("other", keys.caller(secrets.getLast()).orElseThrow().name());
        assertFalse(Files.readString(Path.of(file)).contains(secrets.getFirst()));
    }

    @Test
    void whatIsWrongChangesNothing() throws Exception {
        String file = folder.resolve("keys").toString();
        assertTrue(run("shop", "--file", file, "--scopes", "fly") != 0);
        assertTrue(run("sh op", "--file", file, "--scopes", "send") != 0);
        assertFalse(Files.exists(Path.of(file)));
        assertEquals(0, run("shop", "--file", file, "--scopes", "send"));
        String before = Files.readString(Path.of(file));
        assertTrue(run("shop", "--file", file, "--scopes", "send") != 0);
        assertEquals(before, Files.readString(Path.of(file)));
    }
}
