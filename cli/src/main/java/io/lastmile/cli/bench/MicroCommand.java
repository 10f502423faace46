package io.lastmile.cli.bench;

import io.lastmile.bench.micro.MicroBench;
import io.lastmile.bench.micro.MicroFigure;
import io.lastmile.bench.micro.MicroOptions;
import io.lastmile.cli.CommandException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lastmile bench micro}. */
@Command(
        name = "micro",
        description = {
            "What the hot parts take, each alone: codecs, the router's state machine, deadlines, tables.",
            "Nanoseconds and allocated bytes of one operation, by JMH. Needs a checkout."
        },
        mixinStandardHelpOptions = true)
final class MicroCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "PATTERN",
            arity = "0..*",
            description = "Regular expressions: benchmarks whose name has one. Else all.")
    private List<String> patterns = new ArrayList<>();

    @Option(
            names = "--quick",
            description = "Only shows that everything runs; the figures say nothing.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        if (getClass().getResource("/org/openjdk/jmh/runner/Runner.class") == null) {
            throw CommandException.usage(
                    "needs a checkout of the sources: JMH is not in the archive");
        }
        return run(Objects.requireNonNull(spec).commandLine().getOut());
    }

    private int run(PrintWriter out) throws Exception {
        MicroBench bench = new MicroBench(new MicroOptions(patterns, quick), out);
        List<MicroFigure> figures = bench.run();
        if (figures.isEmpty()) {
            throw CommandException.usage("no benchmark has " + patterns + " in its name");
        }
        if (json != null) {
            bench.write(json, figures);
            out.println("written to " + json);
        }
        out.flush();
        return 0;
    }
}
