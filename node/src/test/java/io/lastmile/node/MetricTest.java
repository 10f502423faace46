package io.lastmile.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricTest {
    @ParameterizedTest
    @EnumSource
    void everyMetricIsNamedAndDescribedAfterTheRules(Metric metric) {
        String name = metric.metricName();
        assertTrue(name.matches("lastmile_[a-z]+(_[a-z]+)+"), name);
        boolean counter = metric.kind() == Metric.Kind.COUNTER;
        assertTrue(name.endsWith(metric.unit().suffix() + (counter ? "_total" : "")), name);
        List<String> words = List.of(name.split("_"));
        assertEquals(words.size(), Set.copyOf(words).size(), name + " says a word twice");
        if (metric.kind() == Metric.Kind.HISTOGRAM) {
            assertEquals(Metric.Unit.SECONDS, metric.unit(), "the bounds are those of durations");
        }
        assertTrue(metric.description().length() >= 10, name);
        assertFalse(metric.description().endsWith("."), name);
        assertTrue(metric.labels().stream().allMatch(label -> label.matches("[a-z]+")), name);
        assertTrue(MetricsManual.table().contains("| `" + name + "` |"));
    }

    @Test
    void noTwoHaveOneName() {
        Set<String> names =
                Arrays.stream(Metric.values()).map(Metric::metricName).collect(Collectors.toSet());
        assertEquals(Metric.values().length, names.size());
    }

    @Test
    void whatWasCountedIsScraped() {
        Metrics metrics = new Metrics();
        metrics.counter(Metric.ROUTER_SETTLED, "delivered").add(3);
        metrics.counter(Metric.ROUTER_SETTLED, "delivered").increment();
        AtomicLong open = new AtomicLong(7);
        metrics.gauge(Metric.EDGE_OPEN, open::get);
        metrics.histogram(Metric.API_SEND_DURATION).observeMs(3);
        String text = metrics.scrape();
        assertTrue(
                text.contains("lastmile_router_settled_messages_total{outcome=\"delivered\"} 4.0"));
        assertTrue(text.contains("lastmile_edge_open_connections 7.0"));
        assertTrue(text.contains("lastmile_api_send_duration_seconds_bucket{le=\"0.005\"} 1"));
        assertTrue(text.contains("lastmile_api_send_duration_seconds_bucket{le=\"0.0025\"} 0"));
        assertTrue(text.contains("jvm_memory_used_bytes"));
        metrics.removeGauge(Metric.EDGE_OPEN);
        assertFalse(metrics.scrape().contains("lastmile_edge_open_connections 7.0"));
    }

    @Test
    void everyMetricCanBeRegistered() {
        Metrics metrics = new Metrics();
        Set<String> missing = new HashSet<>();
        for (Metric metric : Metric.values()) {
            String[] labels = metric.labels().stream().map(l -> "x").toArray(String[]::new);
            switch (metric.kind()) {
                case COUNTER -> metrics.counter(metric, labels).increment();
                case GAUGE -> metrics.gauge(metric, () -> 1, labels);
                case HISTOGRAM -> metrics.histogram(metric, labels).observeMs(1);
            }
        }
        String text = metrics.scrape();
        for (Metric metric : Metric.values()) {
            if (!text.contains("# TYPE " + metric.metricName() + " ")) {
                missing.add(metric.metricName());
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void wrongKindOrLabelsAreABug() {
        Metrics metrics = new Metrics();
        assertThrows(IllegalArgumentException.class, () -> metrics.counter(Metric.ROUTER_SETTLED));
        assertThrows(IllegalArgumentException.class, () -> metrics.histogram(Metric.API_ACCEPTED));
    }
}
