package io.lastmile.bench.process;

import io.lastmile.node.Metric;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** What a process says of itself in its metrics. */
public final class Scrape {
    private static final int TIMEOUT_MS = 10_000;

    private Scrape() {}

    /** The sum of a metric over all its labels; 0 where there is none. */
    public static double sum(ServerProcess process, Metric metric) {
        return sum(process, metric, "");
    }

    /** The sum of a metric over those of its labels that contain the text. */
    public static double sum(ServerProcess process, Metric metric, String label) {
        String name = metric.metricName();
        return text(process)
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(Scrape::value)
                .sum();
    }

    /** The sum of all values whose line begins so, such as those of the JVM. */
    public static double sum(ServerProcess process, String beginning) {
        return text(process)
                .lines()
                .filter(line -> line.startsWith(beginning))
                .mapToDouble(Scrape::value)
                .sum();
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ')));
    }

    private static String text(ServerProcess process) {
        URI metrics = URI.create("http://127.0.0.1:" + process.port("admin.port") + "/metrics");
        try {
            var connection = (HttpURLConnection) metrics.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try (var in = connection.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            throw new ProcessFailedException("no metrics of " + process.name(), e);
        }
    }
}
