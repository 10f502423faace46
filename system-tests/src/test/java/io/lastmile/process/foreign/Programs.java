package io.lastmile.process.foreign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** What is installed on this machine. */
public final class Programs {
    private Programs() {}

    /** The first of these names that the PATH knows. */
    public static Optional<Path> find(String... names) {
        String[] folders = System.getenv().getOrDefault("PATH", "").split(":");
        return Arrays.stream(names)
                .flatMap(name -> Arrays.stream(folders).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
