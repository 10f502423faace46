package io.lastmile.bench.micro;

import java.io.PrintWriter;
import java.util.Collection;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** Prints a line for each benchmark as soon as it is measured, and what goes wrong. */
final class MicroLines implements OutputFormat {
    private final PrintWriter out;

    MicroLines(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void startRun() {
        out.println(MicroFigure.heading());
        out.flush();
    }

    @Override
    public void endBenchmark(BenchmarkResult result) {
        out.println(MicroBench.figure(result).line());
        out.flush();
    }

    /** JMH's own headings, of each fork and more, begin with a number sign. */
    @Override
    public void println(String line) {
        if (!line.isBlank() && !line.startsWith("#")) {
            out.println(line);
            out.flush();
        }
    }

    @Override
    public void print(String text) {}

    @Override
    public void verbosePrintln(String line) {}

    @Override
    public void write(int character) {}

    @Override
    public void write(byte[] text) {}

    @Override
    public void startBenchmark(BenchmarkParams benchmark) {}

    @Override
    public void iteration(BenchmarkParams benchmark, IterationParams iteration, int number) {}

    @Override
    public void iterationResult(
            BenchmarkParams benchmark,
            IterationParams iteration,
            int number,
            IterationResult result) {}

    @Override
    public void endRun(Collection<RunResult> results) {}

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
