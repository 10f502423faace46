package io.lastmile.bench.router;

import io.lastmile.bench.process.CommandRun;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.node.Metric;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a router process says of itself at its admin port, and the machine of it. */
final class RouterFigures {
    private static final Duration TOOL_WAIT = Duration.ofMinutes(5);
    private static final int TIMEOUT_MS = 30_000;
    private static final int COLLECTIONS = 3;
    private static final String HEAP_AFTER_COLLECTION = "jvm_memory_pool_collection_used_bytes{";

    private final ServerProcess router;

    RouterFigures(ServerProcess router) {
        this.router = router;
    }

    /** The sum of a metric over those of its labels that contain the text. */
    long sum(Metric metric, String label) {
        return (long)
                scrape().lines()
                        .filter(line -> isOf(line, metric.metricName()) && line.contains(label))
                        .mapToDouble(RouterFigures::value)
                        .sum();
    }

    /** The sum of a metric over all its labels. */
    long sum(Metric metric) {
        return sum(metric, "");
    }

    private static boolean isOf(String line, String name) {
        return line.startsWith(name + "{") || line.startsWith(name + " ");
    }

    /** The live heap in bytes: what the collections of the whole heap left over, at the least. */
    long liveHeapBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) { // what waits for a collection is freed by the next
            CommandRun run =
                    CommandRun.ofTool("jcmd", TOOL_WAIT, Long.toString(router.pid()), "GC.run");
            if (run.exitCode() != 0) {
                throw new IllegalStateException("jcmd failed: " + run.output() + run.errors());
            }
            double used =
                    scrape().lines()
                            .filter(line -> line.startsWith(HEAP_AFTER_COLLECTION))
                            .mapToDouble(RouterFigures::value)
                            .sum();
            least = Math.min(least, (long) used);
        }
        return least;
    }

    /** How long the router has stood still for collections since its start. */
    double collectionsMs() {
        return 1e3
                * scrape().lines()
                        .filter(line -> line.startsWith("jvm_gc_collection_seconds_sum{"))
                        .mapToDouble(RouterFigures::value)
                        .sum();
    }

    /** The processor time that the process has used. */
    Duration cpu() {
        return ProcessHandle.of(router.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    private String scrape() {
        try {
            URI metrics = URI.create("http://127.0.0.1:" + router.port("admin.port") + "/metrics");
            var connection = (HttpURLConnection) metrics.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try (var in = connection.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            return ""; // it does not listen yet
        }
    }
}
