package io.lastmile.node;

import java.util.Locale;

/** The page docs/metrics.md, made from {@link Metric}. */
public final class MetricsManual {
    private MetricsManual() {}

    /** A Markdown table of all metrics. */
    public static String table() {
        StringBuilder out = new StringBuilder(8_192);
        out.append("| metric | kind | labels | what it is |\n|---|---|---|---|\n");
        for (Metric metric : Metric.values()) {
            out.append("| `")
                    .append(metric.metricName())
                    .append("` | ")
                    .append(metric.kind().name().toLowerCase(Locale.ROOT))
                    .append(" | ")
                    .append(String.join(", ", metric.labels()))
                    .append(" | ")
                    .append(metric.description())
                    .append(" |\n");
        }
        return out.toString();
    }
}
