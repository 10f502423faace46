package io.lastmile.bench.process;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@code lastmile} command that serves, in a process of its own: started, killed, paused, stopped
 * and started again with the same arguments. Its output goes to a file. One thread at a time.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);
    private static final long POLL_MS = 25;
    private static final int OUTPUT_TAIL_CHARS = 6_000;

    private final JavaLaunch java;
    private final String name;
    private final Path folder;
    private final List<String> arguments;
    private final Map<String, Integer> portsByKey;
    private final Readiness readiness;
    private @Nullable Process process;

    /**
     * Describes it; {@link #start} starts it.
     *
     * @param name in messages, and of its folder
     * @param folder its working folder, where its output is too
     * @param portsByKey by the name of their setting
     */
    ServerProcess(
            JavaLaunch java,
            String name,
            Path folder,
            List<String> arguments,
            Map<String, Integer> portsByKey,
            Readiness readiness) {
        this.java = java;
        this.name = name;
        this.folder = folder;
        this.arguments = List.copyOf(arguments);
        this.portsByKey = Map.copyOf(portsByKey);
        this.readiness = readiness;
    }

    /** Starts it and waits until it is ready. */
    public ServerProcess start() {
        launch();
        return awaitReady();
    }

    /** Starts it. Where several start together, each is waited for afterwards. */
    public ServerProcess launch() {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs already");
        }
        try {
            Files.createDirectories(folder);
            ProcessBuilder builder = new ProcessBuilder(java.commandLine(arguments));
            builder.directory(folder.toFile());
            builder.environment().keySet().removeIf(key -> key.startsWith("LASTMILE_"));
            builder.redirectErrorStream(true);
            builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
            builder.redirectOutput(outputFile().toFile());
            Process started = builder.start();
            process = started;
            Orphans.endWithThisProcess(started);
        } catch (IOException e) {
            throw new ProcessFailedException(name + " cannot be started", e);
        }
        return this;
    }

    /** Waits until it is ready. */
    public ServerProcess awaitReady() {
        long deadlineNs = System.nanoTime() + READY_WITHIN.toNanos();
        while (!readiness.isReady(output())) {
            if (!isAlive()) {
                throw failed("ended with " + running().exitValue() + " before it was ready");
            }
            if (System.nanoTime() > deadlineNs) {
                throw failed("is not ready after " + READY_WITHIN.toSeconds() + " s");
            }
            pauseBeforeNextLook();
        }
        return this;
    }

    /** Whether its process runs (or is paused). */
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Whether it says of itself that it is ready. */
    public boolean isReady() {
        return isAlive() && readiness.isReady(output());
    }

    /** The id of its process. */
    public long pid() {
        return running().pid();
    }

    /** kill -9, and waits until it is dead. */
    public void kill() {
        Process killed = running();
        killed.destroyForcibly();
        awaitEnd(killed, STOPPED_WITHIN);
    }

    /**
     * Asks it to stop and waits until it has.
     *
     * @return its exit code
     */
    public int stop() {
        Process stopped = running();
        stopped.destroy();
        if (!awaitEnd(stopped, STOPPED_WITHIN)) {
            throw failed("has not stopped after " + STOPPED_WITHIN.toSeconds() + " s");
        }
        return stopped.exitValue();
    }

    /** Stops it where it is: it keeps its sockets and does nothing. */
    public void pause() {
        signal("-STOP");
    }

    /** Lets a paused one go on. */
    public void resume() {
        signal("-CONT");
    }

    /** The port of a setting such as {@code edge.mqtt.port}. */
    public int port(String key) {
        Integer port = portsByKey.get(key);
        if (port == null) {
            throw new IllegalArgumentException(name + " has no port " + key);
        }
        return port;
    }

    /** Where it listens with the port of that setting. */
    public InetSocketAddress address(String key) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port(key));
    }

    /** What it is called in messages. */
    public String name() {
        return name;
    }

    /** What its latest run has printed. */
    public String output() {
        try {
            Path file = outputFile();
            return Files.exists(file)
                    ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    : "";
        } catch (IOException e) {
            throw new ProcessFailedException("the output of " + name + " cannot be read", e);
        }
    }

    /** What Netty's leak detector has found in its latest run. */
    public List<String> leaks() {
        return output().lines().filter(line -> line.contains("LEAK: ")).toList();
    }

    /** Kills it if it runs. */
    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }

    private Path outputFile() {
        return folder.resolve(name + ".out");
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(name + " has not been started");
        }
        return process;
    }

    private void signal(String signal) {
        List<String> words = new ArrayList<>(List.of("kill", signal));
        words.add(Long.toString(pid()));
        try {
            Process sent = new ProcessBuilder(words).start();
            if (!awaitEnd(sent, Duration.ofSeconds(5)) || sent.exitValue() != 0) {
                throw failed("could not be sent " + signal);
            }
        } catch (IOException e) {
            throw new ProcessFailedException("no kill command", e);
        }
    }

    private ProcessFailedException failed(String what) {
        String output = output();
        String tail = output.substring(Math.max(0, output.length() - OUTPUT_TAIL_CHARS));
        return new ProcessFailedException(
                name + " " + what + "; " + String.join(" ", arguments) + "\n" + tail);
    }

    private static boolean awaitEnd(Process process, Duration within) {
        try {
            return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static void pauseBeforeNextLook() {
        try {
            Thread.sleep(POLL_MS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static ProcessFailedException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ProcessFailedException("interrupted", e);
    }
}
