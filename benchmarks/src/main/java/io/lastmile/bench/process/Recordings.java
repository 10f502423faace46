package io.lastmile.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Recordings of several JVMs by their own flight recorder, into a file each. Needs a JDK. */
public final class Recordings {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final List<ServerProcess> processes;
    private final Path folder;

    /** Records these into that folder. */
    public Recordings(List<ServerProcess> processes, Path folder) {
        this.processes = List.copyOf(processes);
        this.folder = folder;
    }

    /** From now on. */
    public void begin() {
        for (ServerProcess process : processes) {
            jcmd(process, "JFR.start", "name=bench", "settings=profile");
        }
    }

    /** Up to now; writes the files. */
    public void end() throws IOException {
        Files.createDirectories(folder);
        for (ServerProcess process : processes) {
            Path file = folder.toAbsolutePath().resolve(process.name() + ".jfr");
            jcmd(process, "JFR.stop", "name=bench", "filename=" + file);
        }
    }

    private static void jcmd(ServerProcess process, String... words) {
        String[] all = new String[words.length + 1];
        all[0] = Long.toString(process.pid());
        System.arraycopy(words, 0, all, 1, words.length);
        CommandRun run = CommandRun.ofTool("jcmd", WITHIN, all);
        if (run.exitCode() != 0) {
            throw new IllegalStateException(process.name() + " is not recorded: " + run.output());
        }
    }
}
