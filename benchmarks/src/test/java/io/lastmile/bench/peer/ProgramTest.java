package io.lastmile.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {
    private static Path program(Path folder, String script) throws IOException {
        Path program = Files.writeString(folder.resolve("broker"), "#!/bin/sh\n" + script);
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void theFirstVersionThatItSaysIsIts(@TempDir Path folder) throws IOException {
        Path program =
                program(folder, "echo \"broker $1 version 2.0.11, protocol 3.1.1\"; exit 3\n");
        assertEquals(program + " 2.0.11", Program.described(program, "-h"));
    }

    @Test
    void whatSaysNoneIsOfUnknownVersion(@TempDir Path folder) throws IOException {
        Path program = program(folder, "echo hello >&2\n");
        assertEquals(program + " of unknown version", Program.described(program, "-h"));
        Path away = folder.resolve("away");
        assertEquals(away + " of unknown version", Program.described(away, "-h"));
    }

    @Test
    void noProgramIsNone() {
        assertEquals("none", Program.described(null, "-h"));
    }
}
