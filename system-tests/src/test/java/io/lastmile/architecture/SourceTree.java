package io.lastmile.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The files of this repository as they stand in the folder it was checked out to. */
public final class SourceTree {
    private static final Set<String> NOT_SOURCE =
            Set.of("target", ".git", ".lastmile", ".idea", "node_modules");

    private SourceTree() {}

    /** The repository's folder: the nearest above the working directory that holds all modules. */
    public static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("wire")) && Files.exists(at.resolve("pom.xml"))) {
                return at;
            }
        }
        throw new IllegalStateException("run inside the repository");
    }

    /** All files with one of these endings, build output excluded, in order of their paths. */
    public static List<Path> files(String... endings) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(
                    root(),
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path folder, BasicFileAttributes attributes) {
                            return NOT_SOURCE.contains(folder.getFileName().toString())
                                    ? FileVisitResult.SKIP_SUBTREE
                                    : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            if (Stream.of(endings).anyMatch(file.toString()::endsWith)) {
                                found.add(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Collections.sort(found);
        return found;
    }

    /** The Java files of all modules, tests included. */
    public static List<Path> java() {
        return files(".java").stream().filter(file -> name(file).contains("/src/")).toList();
    }

    /** The Java files of all modules without tests. */
    public static List<Path> mainJava() {
        return java().stream().filter(file -> name(file).contains("/src/main/java/")).toList();
    }

    /** The path below the repository's folder, for messages. */
    public static String name(Path file) {
        return root().relativize(file).toString().replace('\\', '/');
    }

    /** The folder that a file is in. */
    public static Path folder(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    /** The text of a file. */
    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
