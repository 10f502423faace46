package io.lastmile.bench.latency;

import io.lastmile.bench.Stamp;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Latencies of one side in the present phase, from when a message was due. Any thread. */
final class Latencies {
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(10);
    private static final double NS_PER_MS = 1e6;

    private final Histogram histogram = new Histogram(LONGEST_NS, 3);
    private int phase = -1;

    /** Begins a phase; what arrives late from an earlier one is not counted. */
    synchronized void begin(int number) {
        phase = number;
        histogram.reset();
    }

    synchronized void arrived(Stamp stamp, long atNs) {
        if (stamp.phase() == phase) {
            histogram.recordValue(Math.clamp(atNs - stamp.dueNs(), 0, LONGEST_NS));
        }
    }

    synchronized long arrivedCount() {
        return histogram.getTotalCount();
    }

    /** Of 100; 100 is the longest. */
    synchronized double percentileMs(double percentile) {
        return histogram.getValueAtPercentile(percentile) / NS_PER_MS;
    }

    /** How the phase stands, for a line of progress. */
    synchronized String progress() {
        return String.format(
                "%,d arrived, p50 %.2f ms, p99 %.2f ms",
                arrivedCount(), percentileMs(50), percentileMs(99));
    }
}
