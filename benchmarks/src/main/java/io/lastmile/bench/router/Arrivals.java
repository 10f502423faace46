package io.lastmile.bench.router;

import io.lastmile.bench.Stamp;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** When the stamped messages of one phase reached their device. Any thread. */
final class Arrivals {
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(30);
    private static final double NS_PER_MS = 1e6;

    private final Histogram latencyNs = new Histogram(LONGEST_NS, 3);
    private int current;
    private long lastAtNs;
    private long longestPauseNs;

    /**
     * What came of a phase.
     *
     * @param longestPauseMs between one arrival and the next, of whichever devices
     */
    record Seen(long count, double p50Ms, double p99Ms, double maxMs, double longestPauseMs) {
        @Override
        public String toString() {
            return String.format(
                    "%,d arrived, p50 %.2f ms, p99 %.2f ms, longest %.1f ms, longest pause %.1f ms",
                    count, p50Ms, p99Ms, maxMs, longestPauseMs);
        }
    }

    /** Begins the next phase: its number. What arrives late of an earlier one is not counted. */
    synchronized int begin(long nowNs) {
        latencyNs.reset();
        lastAtNs = nowNs;
        longestPauseNs = 0;
        return ++current;
    }

    synchronized void arrived(Stamp stamp, long atNs) {
        if (stamp.phase() == current) {
            latencyNs.recordValue(Math.clamp(atNs - stamp.dueNs(), 0, LONGEST_NS));
            longestPauseNs = Math.max(longestPauseNs, atNs - lastAtNs);
            lastAtNs = atNs;
        }
    }

    synchronized long count() {
        return latencyNs.getTotalCount();
    }

    /** When the latest arrived, {@link System#nanoTime}. */
    synchronized long lastAtNs() {
        return lastAtNs;
    }

    synchronized Seen seen() {
        return new Seen(
                latencyNs.getTotalCount(),
                latencyNs.getValueAtPercentile(50) / NS_PER_MS,
                latencyNs.getValueAtPercentile(99) / NS_PER_MS,
                latencyNs.getValueAtPercentile(100) / NS_PER_MS,
                longestPauseNs / NS_PER_MS);
    }
}
