package io.lastmile.bench;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Latencies of one side of a benchmark, from when a message was due. Any thread. */
final class Latencies {
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(10);
    private static final double NS_PER_MS = 1e6;

    private final Histogram all = new Histogram(LONGEST_NS, 3);
    private final Histogram phase = new Histogram(LONGEST_NS, 3);
    private int current = -1;
    private boolean measured;

    /**
     * Begins a phase; what arrives late from an earlier one is not counted.
     *
     * @param counts whether it goes into the result, or only warms up
     */
    synchronized void begin(int number, boolean counts) {
        current = number;
        measured = counts;
        phase.reset();
    }

    synchronized void arrived(Stamp stamp, long atNs) {
        if (stamp.phase() != current) {
            return;
        }
        long latencyNs = Math.clamp(atNs - stamp.dueNs(), 0, LONGEST_NS);
        phase.recordValue(latencyNs);
        if (measured) {
            all.recordValue(latencyNs);
        }
    }

    /** How many of this phase have arrived. */
    synchronized long arrivedCount() {
        return phase.getTotalCount();
    }

    /** Of all measured phases; 100 is the longest. */
    synchronized double percentileMs(double percentile) {
        return all.getValueAtPercentile(percentile) / NS_PER_MS;
    }

    /** How the phase stands, for a line of progress. */
    synchronized String progress() {
        return String.format(
                "%,d arrived, p50 %.2f ms, p99 %.2f ms",
                phase.getTotalCount(),
                phase.getValueAtPercentile(50) / NS_PER_MS,
                phase.getValueAtPercentile(99) / NS_PER_MS);
    }
}
