package io.lastmile.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.cli.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir private Path temp;

    @Test
    void isHeldByOneAtATime() {
        Path data = temp.resolve("a/b");
        try (DataFolder _ = DataFolder.take(data)) {
            CommandException e = assertThrows(CommandException.class, () -> DataFolder.take(data));
            assertEquals(CommandException.USAGE, e.exitCode());
            assertTrue(String.valueOf(e.getMessage()).contains("--data"), e.getMessage());
        }
        DataFolder.take(data).close();
    }

    @Test
    void isForItsOwnerOnlyUnlessOthersUseIt() throws IOException {
        Path data = temp.resolve("own/dev");
        DataFolder.take(data).close();
        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
        Path shared = Files.createDirectory(temp.resolve("shared"));
        Files.createFile(shared.resolve("theirs"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
        DataFolder.take(shared).close();
        assertEquals(
                "rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)));
    }

    @Test
    void aLockFileLeftBehindIsNoLock() throws IOException {
        Files.createFile(temp.resolve("lock"));
        DataFolder.take(temp).close();
    }

    @Test
    void deletesOnlyWhatIsNamed() throws IOException {
        try (DataFolder folder = DataFolder.take(temp)) {
            Files.createDirectories(folder.resolve("kafka/topic-0"));
            Files.createFile(folder.resolve("kafka/topic-0/log"));
            Files.createFile(folder.resolve("mine"));
            folder.delete("kafka");
            folder.delete("kafka");
            assertFalse(Files.exists(folder.resolve("kafka")));
            assertTrue(Files.exists(folder.resolve("mine")));
        }
    }

    @Test
    void aFolderThatCannotBeIsAWrongCall() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        CommandException e =
                assertThrows(CommandException.class, () -> DataFolder.take(file.resolve("x")));
        assertEquals(CommandException.USAGE, e.exitCode());
    }
}
