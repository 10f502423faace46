package io.lastmile.node;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The figures of a process, for Prometheus. Ask for a counter or histogram once and keep it: the
 * question takes a lock, counting does not. Any thread.
 */
public final class Metrics {
    /** The type of the text that {@link #scrape()} gives. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    /** Seconds; from a fast send within one machine to a delivery that waited for a phone. */
    private static final double[] BOUNDS_SECONDS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
        300, 600
    };

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final Map<Metric, io.prometheus.metrics.core.metrics.Counter> counters =
            new EnumMap<>(Metric.class);
    private final Map<Metric, io.prometheus.metrics.core.metrics.Histogram> histograms =
            new EnumMap<>(Metric.class);
    private final Map<Metric, Map<List<String>, LongSupplier>> gauges = new EnumMap<>(Metric.class);
    private final Tasks tasks;

    /** Figures of the JVM, and none of Lastmile yet. */
    public Metrics(Clock clock) {
        JvmMetrics.builder().register(registry);
        tasks = new Tasks(this, clock);
    }

    /** The same where time does not pass: no task is ever late. */
    public Metrics() {
        this(Clock.standing());
    }

    /** The tasks of the process, whose failures are figures too. */
    public Tasks tasks() {
        return tasks;
    }

    /** A figure that only grows. */
    public static final class Counter {
        private final CounterDataPoint point;

        private Counter(CounterDataPoint point) {
            this.point = point;
        }

        /** Counts one. */
        public void increment() {
            point.inc(1L);
        }

        /** Counts so many, 0 or more. */
        public void add(long n) {
            point.inc(n);
        }

        /** What was counted so far. */
        public long count() {
            return point.getLongValue();
        }
    }

    /** How often what took how long. */
    public static final class Histogram {
        private final DistributionDataPoint point;

        private Histogram(DistributionDataPoint point) {
            this.point = point;
        }

        /** Records a duration in milliseconds. */
        public void observeMs(double ms) {
            point.observe(ms / 1e3);
        }

        /** Records a duration in nanoseconds. */
        public void observeNs(long ns) {
            point.observe(ns / 1e9);
        }
    }

    /** The counter of these label values, in the order of {@link Metric#labels()}. */
    public synchronized Counter counter(Metric metric, String... labels) {
        check(metric, Metric.Kind.COUNTER, labels);
        io.prometheus.metrics.core.metrics.Counter counter =
                counters.computeIfAbsent(
                        metric,
                        m ->
                                io.prometheus.metrics.core.metrics.Counter.builder()
                                        .name(m.metricName())
                                        .help(m.description())
                                        .labelNames(names(m))
                                        .withoutExemplars()
                                        .register(registry));
        return new Counter(labels.length == 0 ? counter : counter.labelValues(labels));
    }

    /** The histogram of these label values, in the order of {@link Metric#labels()}. */
    public synchronized Histogram histogram(Metric metric, String... labels) {
        check(metric, Metric.Kind.HISTOGRAM, labels);
        io.prometheus.metrics.core.metrics.Histogram histogram =
                histograms.computeIfAbsent(
                        metric,
                        m ->
                                io.prometheus.metrics.core.metrics.Histogram.builder()
                                        .name(m.metricName())
                                        .help(m.description())
                                        .labelNames(names(m))
                                        .classicOnly()
                                        .classicUpperBounds(BOUNDS_SECONDS)
                                        .withoutExemplars()
                                        .register(registry));
        return new Histogram(labels.length == 0 ? histogram : histogram.labelValues(labels));
    }

    /** Shows a figure that is read when it is scraped, in the metric's unit. */
    public synchronized void gauge(Metric metric, LongSupplier figure, String... labels) {
        check(metric, Metric.Kind.GAUGE, labels);
        Map<List<String>, LongSupplier> figures = gauges.get(metric);
        if (figures == null) {
            Map<List<String>, LongSupplier> added = new ConcurrentHashMap<>();
            GaugeWithCallback.builder()
                    .name(metric.metricName())
                    .help(metric.description())
                    .labelNames(names(metric))
                    .callback(callback ->
                            added.forEach((values, supplier) ->
                                    callback.call(
                                            (double) supplier.getAsLong(),
                                            values.toArray(String[]::new))))
                    .register(registry);
            gauges.put(metric, added);
            figures = added;
        }
        figures.put(List.of(labels), figure);
    }

    /** Shows the gauge of these label values no more. */
    public synchronized void removeGauge(Metric metric, String... labels) {
        Map<List<String>, LongSupplier> figures = gauges.get(metric);
        if (figures != null) {
            figures.remove(List.of(labels));
        }
    }

    /** Everything in Prometheus' text format. */
    public String scrape() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(16_384);
        try {
            writer.write(out, registry.scrape(), EscapingScheme.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void check(Metric metric, Metric.Kind kind, String[] labels) {
        if (metric.kind() != kind || metric.labels().size() != labels.length) {
            throw new IllegalArgumentException(
                    metric + " is a " + metric.kind() + " with the labels " + metric.labels());
        }
    }

    private static String[] names(Metric metric) {
        return metric.labels().toArray(String[]::new);
    }
}
