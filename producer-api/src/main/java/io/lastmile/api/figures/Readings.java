package io.lastmile.api.figures;

import io.lastmile.node.Metric;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the processes' metrics said in the last seconds: rates and quantiles come from differences,
 * of each process by itself, so that one that starts again or does not answer spoils nothing. One
 * thread.
 */
final class Readings {
    /** Over which quantiles are taken. */
    static final long WINDOW_NS = Duration.ofSeconds(10).toNanos();

    /** A process that did not answer for so long has no figures. */
    static final long FRESH_NS = Duration.ofSeconds(3).toNanos();

    private record Reading(long atNs, Exposition figures) {}

    private final Map<String, Deque<Reading>> readingsByAddress = new HashMap<>();
    private long nowNs;

    /** Takes what processes said at a time; forgets what is older than the window. */
    void add(long atNs, Map<String, Exposition> byAddress) {
        nowNs = atNs;
        byAddress.forEach((address, figures) ->
                readingsByAddress
                        .computeIfAbsent(address, _ -> new ArrayDeque<>())
                        .addLast(new Reading(atNs, figures)));
        readingsByAddress
                .values()
                .forEach(readings -> {
                    while (!readings.isEmpty() && atNs - readings.getFirst().atNs > WINDOW_NS) {
                        readings.removeFirst();
                    }
                });
        readingsByAddress.values().removeIf(Deque::isEmpty);
    }

    /** Whether the process said something lately. */
    boolean isFresh(String address) {
        return latest(address) != null;
    }

    private @Nullable Reading latest(String address) {
        Deque<Reading> readings = readingsByAddress.get(address);
        return readings != null && nowNs - readings.getLast().atNs <= FRESH_NS
                ? readings.getLast()
                : null;
    }

    /** The sum of a gauge. */
    long gauge(Metric gauge, Collection<String> addresses) {
        double sum = 0;
        for (String address : addresses) {
            Reading latest = latest(address);
            sum += latest == null ? 0 : latest.figures.sum(gauge);
        }
        return Math.round(sum);
    }

    /** What a counter grew by, a second. */
    double rate(Metric counter, Collection<String> addresses) {
        return rate(figures -> figures.sum(counter), addresses);
    }

    /** The same where a label has that value. */
    double rate(Metric counter, String label, String value, Collection<String> addresses) {
        return rate(figures -> figures.sum(counter, label, value), addresses);
    }

    private double rate(ToDoubleFunction<Exposition> figure, Collection<String> addresses) {
        double sum = 0;
        for (String address : addresses) {
            Reading latest = latest(address);
            Reading before = latest == null ? null : before(address);
            if (latest != null && before != null) {
                double grown =
                        figure.applyAsDouble(latest.figures) - figure.applyAsDouble(before.figures);
                sum += Math.max(0, grown) * 1e9 / (latest.atNs - before.atNs);
            }
        }
        return sum;
    }

    private @Nullable Reading before(String address) {
        Reading before = null;
        Reading last = null;
        for (Reading reading : readingsByAddress.getOrDefault(address, new ArrayDeque<>())) {
            before = last;
            last = reading;
        }
        return before;
    }

    /** What a histogram counted within the window, by bound. */
    NavigableMap<Double, Double> counted(Metric histogram, Collection<String> addresses) {
        TreeMap<Double, Double> countByBound = new TreeMap<>();
        for (String address : addresses) {
            Reading latest = latest(address);
            Deque<Reading> readings = readingsByAddress.get(address);
            if (latest != null && readings != null) {
                Map<Double, Double> before = readings.getFirst().figures.buckets(histogram);
                latest.figures
                        .buckets(histogram)
                        .forEach((bound, count) ->
                                countByBound.merge(
                                        bound,
                                        Math.max(0, count - before.getOrDefault(bound, 0.0)),
                                        Double::sum));
            }
        }
        return countByBound;
    }
}
