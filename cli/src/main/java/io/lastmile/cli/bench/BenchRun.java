package io.lastmile.cli.bench;

import io.lastmile.bench.BenchResult;
import io.lastmile.cli.CommandException;
import io.lastmile.cli.Logs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands of all benchmarks do around them. */
final class BenchRun {
    private BenchRun() {}

    /** A benchmark that has its options. */
    @FunctionalInterface
    interface Bench {
        BenchResult run(Path folder, PrintWriter out) throws Exception;
    }

    /**
     * Runs it in a folder of its own, prints its figures and writes them to a file, if asked to.
     */
    static int of(@Nullable CommandSpec spec, @Nullable Path json, Bench bench) throws Exception {
        Logs.quiet();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Path folder = Files.createTempDirectory("lastmile-bench");
        BenchResult result = bench.run(folder, out);
        delete(folder); // it stays where the run fails: the processes' output is in it
        out.print(result.table());
        if (json != null) {
            result.write(json);
            out.println("written to " + json);
        }
        out.flush();
        return 0;
    }

    /** Refuses an option's value out of its range. */
    static void within(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw CommandException.usage(option + " is " + min + " to " + max);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
