package io.lastmile.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How long processors have worked for a process, of its own code and of the kernel's. Linux. */
public final class ProcessorTime {
    private static final long TICK_US = 10_000; // the same on every Linux that Java runs on
    private static final int OWN_TICKS = 11;
    private static final int KERNEL_TICKS = 12;

    private ProcessorTime() {}

    /** Microseconds of all of these since they started. */
    public static long us(List<Long> pids) throws IOException {
        long sum = 0;
        for (long pid : pids) {
            sum += us(pid);
        }
        return sum;
    }

    /** Microseconds since it started. */
    public static long us(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        // The name may contain anything, but is in brackets; the state stands behind them.
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", KERNEL_TICKS + 2);
        return (Long.parseLong(words[OWN_TICKS]) + Long.parseLong(words[KERNEL_TICKS])) * TICK_US;
    }
}
