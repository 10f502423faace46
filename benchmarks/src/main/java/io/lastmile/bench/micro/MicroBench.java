package io.lastmile.bench.micro;

import io.lastmile.bench.BenchResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks of this package with JMH, each in JVMs of its own. */
public final class MicroBench {
    /** As {@code ./lastmile router} and {@code edge} run, with a heap that never grows. */
    static final List<String> FLAGS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Xms1536m",
                    "-Xmx1536m",
                    // Nobody sets the level of logs in there, and all of it would be printed.
                    "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                    "-Dslf4j.internal.verbosity=WARN");

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final MicroOptions options;
    private final PrintWriter out;

    /** A run that prints its figures as they come. */
    public MicroBench(MicroOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
    }

    /** Measures everything that was asked for; there may be nothing of that name. */
    public List<MicroFigure> run() throws RunnerException {
        ChainedOptionsBuilder jmh =
                new OptionsBuilder()
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .forks(options.forks())
                        .jvmArgs(FLAGS.toArray(String[]::new))
                        .warmupIterations(options.iterations())
                        .warmupTime(TimeValue.milliseconds(options.iterationMs()))
                        .measurementIterations(options.iterations())
                        .measurementTime(TimeValue.milliseconds(options.iterationMs()))
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true);
        options.patterns().forEach(jmh::include);
        if (options.quick()) {
            jmh.param("devices", "1000").param("parked", "1000"); // a million take seconds to make
        }
        List<MicroFigure> figures = new ArrayList<>();
        try {
            for (RunResult result : new Runner(jmh.build(), new MicroLines(out)).run()) {
                figures.add(figure(result.getAggregatedResult()));
            }
        } catch (NoBenchmarksException e) {
            return List.of();
        }
        return figures;
    }

    /** Writes figures as all benchmarks do, by the benchmark's name. */
    public void write(Path file, List<MicroFigure> figures) throws IOException {
        Map<String, Object> byName = new LinkedHashMap<>();
        figures.forEach(figure -> byName.put(figure.name(), figure.asFigures()));
        BenchResult.write(file, "micro", options.asSettings(), byName);
    }

    static MicroFigure figure(BenchmarkResult result) {
        BenchmarkParams params = result.getParams();
        String type = params.getBenchmark().substring(MicroBench.class.getPackageName().length());
        StringBuilder name = new StringBuilder(type.substring(1));
        for (String key : params.getParamsKeys()) {
            name.append(' ').append(key).append('=').append(params.getParam(key));
        }
        return new MicroFigure(
                name.toString(),
                result.getPrimaryResult().getScore(),
                result.getPrimaryResult().getScoreError(),
                Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED)).getScore());
    }
}
