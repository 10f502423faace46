package io.lastmile.process;

import io.lastmile.bench.process.ServerProcess;
import io.lastmile.node.Metric;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What a process says of itself in its metrics. */
final class Scrape {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Scrape() {}

    /** The sum of a metric over all its labels; 0 where there is none. */
    static double sum(ServerProcess process, Metric metric) {
        URI metrics = URI.create("http://127.0.0.1:" + process.port("admin.port") + "/metrics");
        HttpRequest request =
                HttpRequest.newBuilder(metrics).timeout(Duration.ofSeconds(10)).build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.matches(metric.metricName() + "[ {].*"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        } catch (IOException e) {
            throw new AssertionError("no metrics of " + process.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
