package io.lastmile.cli.dev;

import io.lastmile.cli.CommandException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which {@code dev} keeps its data, held by one process at a time. The operating
 * system frees the lock of a process that was killed, so a stale one cannot be.
 */
final class DataFolder implements AutoCloseable {
    private final Path folder;
    private final FileChannel lockFile;

    private DataFolder(Path folder, FileChannel lockFile) {
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /**
     * Makes the folder if needed and takes it.
     *
     * @throws CommandException where another process has it, or it cannot be written
     */
    static DataFolder take(Path folder) {
        try {
            make(folder);
            FileChannel lockFile =
                    FileChannel.open(
                            folder.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (lock(lockFile) == null) {
                lockFile.close();
                throw CommandException.usage(
                        "another lastmile runs in %s: stop it or give this one a folder (--data DIR)"
                                .formatted(folder));
            }
            return new DataFolder(folder, lockFile);
        } catch (IOException e) {
            throw CommandException.usage(
                    "cannot write to %s: %s (--data DIR)".formatted(folder, e.getMessage()));
        }
    }

    /**
     * For its owner only: messages are in it. One that others made and use is left as it is; the
     * launcher has what is put there be the owner's only.
     */
    private static void make(Path folder) throws IOException {
        Files.createDirectories(folder);
        PosixFileAttributeView access =
                Files.getFileAttributeView(folder, PosixFileAttributeView.class);
        try (Stream<Path> content = Files.list(folder)) {
            if (access != null && content.findAny().isEmpty()) {
                access.setPermissions(PosixFilePermissions.fromString("rwx------"));
            }
        }
    }

    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    /** A folder or file in it. */
    Path resolve(String name) {
        return folder.resolve(name);
    }

    /** Deletes a folder in it with all that it holds. */
    void delete(String name) {
        Path doomed = folder.resolve(name);
        if (!Files.exists(doomed)) {
            return;
        }
        try (Stream<Path> files = Files.walk(doomed)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
