package io.lastmile.bench.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program that is not ours, to compare with. It runs until it is closed. */
public final class OtherProcess implements AutoCloseable {
    private final Process process;

    /**
     * Starts it.
     *
     * @param output a file for what it prints
     */
    public OtherProcess(Path output, List<String> words) {
        try {
            process =
                    new ProcessBuilder(words)
                            .redirectErrorStream(true)
                            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                            .redirectOutput(output.toFile())
                            .start();
        } catch (IOException e) {
            throw new ProcessFailedException(words.getFirst() + " cannot be started", e);
        }
        Orphans.endWithThisProcess(process);
    }

    /** Starts another main class of ours, which runs until it is closed. */
    public static OtherProcess ofMain(
            JavaLaunch java, Class<?> main, Path output, String... arguments) {
        return new OtherProcess(output, java.commandLine(main.getName(), List.of(arguments)));
    }

    /** The id of its process. */
    public long pid() {
        return process.pid();
    }

    /** Kills it. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
