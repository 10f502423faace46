package io.lastmile.bench.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A {@code lastmile} command that ran to its end.
 *
 * @param output what it printed to the standard output
 * @param errors what it printed to the standard error
 */
public record CommandRun(int exitCode, String output, String errors) {
    /** Runs a command and waits until it ends. */
    public static CommandRun of(JavaLaunch java, Duration within, String... arguments) {
        return run(java.commandLine(List.of(arguments)), within);
    }

    /** Runs another main class of ours and waits until it ends. */
    public static CommandRun ofMain(
            JavaLaunch java, Class<?> main, Duration within, String... arguments) {
        return run(java.commandLine(main.getName(), List.of(arguments)), within);
    }

    /** Runs a tool of the JDK that this process runs on, such as {@code jcmd}. */
    public static CommandRun ofTool(String tool, Duration within, String... arguments) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        words.addAll(List.of(arguments));
        return run(words, within);
    }

    /** Runs another program, such as {@code mvn}. */
    public static CommandRun ofProgram(Duration within, String... words) {
        return run(List.of(words), within);
    }

    private static CommandRun run(List<String> words, Duration within) {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(key -> key.startsWith("LASTMILE_"));
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        String command = String.join(" ", words);
        try {
            Process process = builder.start();
            Orphans.endWithThisProcess(process);
            // Both at once: a full pipe would hold the process up.
            CompletableFuture<String> errors =
                    CompletableFuture.supplyAsync(() -> text(process, true));
            CompletableFuture<String> output =
                    CompletableFuture.supplyAsync(() -> text(process, false));
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new ProcessFailedException(
                        command + " has not ended after " + within.toSeconds() + " s");
            }
            return new CommandRun(process.exitValue(), output.join(), errors.join());
        } catch (IOException e) {
            throw new ProcessFailedException(command + " cannot be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProcessFailedException("interrupted", e);
        }
    }

    private static String text(Process process, boolean errors) {
        try (var in = errors ? process.getErrorStream() : process.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ProcessFailedException("its output cannot be read", e);
        }
    }
}
