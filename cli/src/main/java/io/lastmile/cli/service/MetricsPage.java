package io.lastmile.cli.service;

import io.lastmile.node.Metric;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The page docs/metrics.md, made from the list of all metrics. */
public final class MetricsPage {
    private static final Map<String, String> SECTIONS =
            new TreeMap<>(
                    Map.of(
                            "NODE",
                            "Every service",
                            "API",
                            "API",
                            "ROUTER",
                            "Router",
                            "EDGE",
                            "Edge"));

    private MetricsPage() {}

    /** The page. */
    public static String text() {
        StringBuilder page = new StringBuilder(8_192);
        page.append(
                """
                # Metrics

                This page is made from the code: a test fails where it differs.

                Every service has them on its admin port, as Prometheus text:

                    curl http://127.0.0.1:9100/metrics

                The unit stands last in the name. A histogram has `_bucket`, `_count` and `_sum`. Metrics of the JVM begin with
                `jvm_`, those of the process with `process_`. A dashboard for Grafana and rules for alerts are in
                [deploy](../deploy/README.md).
                """);
        SECTIONS.forEach((prefix, title) -> section(page, prefix, title));
        return page.toString();
    }

    private static void section(StringBuilder page, String prefix, String title) {
        page.append("\n## ")
                .append(title)
                .append("\n\n| metric | kind | labels | |\n|---|---|---|---|\n");
        for (Metric metric : Metric.values()) {
            if (metric.name().startsWith(prefix + "_")) {
                page.append("| `")
                        .append(metric.metricName())
                        .append("` | ")
                        .append(metric.kind().name().toLowerCase(Locale.ROOT))
                        .append(" | ")
                        .append(String.join(", ", metric.labels()))
                        .append(" | ")
                        .append(metric.description())
                        .append(" |\n");
            }
        }
    }
}
