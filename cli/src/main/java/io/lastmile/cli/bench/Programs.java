package io.lastmile.cli.bench;

import io.lastmile.cli.CommandException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Programs that are not ours, to compare with. */
final class Programs {
    private Programs() {}

    /**
     * What the option names, else the one on the PATH or in /usr/sbin; null where there is none.
     */
    static @Nullable Path find(String option, @Nullable Path given, String name) {
        if (given != null) {
            if (!Files.isExecutable(given)) {
                throw CommandException.usage(option + " is no program: " + given);
            }
            return given;
        }
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Arrays.stream(path.split(File.pathSeparator)), Stream.of("/usr/sbin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }
}
