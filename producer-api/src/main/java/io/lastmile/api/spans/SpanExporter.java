package io.lastmile.api.spans;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts spans to a collector, in batches, on a thread of its own. What the queue has no room for,
 * and what the collector does not take after some attempts, is counted and let go: traces never
 * hold anything up. Any thread may give.
 */
public final class SpanExporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpanExporter.class);
    private static final int BATCH_MAX = 512;
    private static final int ATTEMPTS_MAX = 4;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    /** After these, says the protocol, the same may be sent again. */
    private static final Set<Integer> TRY_AGAIN = Set.of(429, 502, 503, 504);

    private final URI collector;
    private final String node;
    private final BlockingQueue<Span> queue;
    private final Metrics.Counter exported;
    private final Metrics.Counter dropped;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT)
                    .build();
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean isOver;

    /**
     * Starts it.
     *
     * @param collector the whole address, such as {@code http://127.0.0.1:4318/v1/traces}
     * @param node that says so
     * @param spansMax that wait at once
     */
    public SpanExporter(URI collector, String node, int spansMax, Metrics metrics) {
        this.collector = collector;
        this.node = node;
        queue = new ArrayBlockingQueue<>(spansMax);
        exported = metrics.counter(Metric.API_TRACE, "exported");
        dropped = metrics.counter(Metric.API_TRACE, "dropped");
        thread =
                metrics.tasks()
                        .task("api-span-exporter")
                        .loop(
                                Thread.ofPlatform().name("api-span-exporter").daemon(),
                                () -> !isOver && (!closing || !queue.isEmpty()),
                                this::turn,
                                () -> dropped.add(queue.size()));
        thread.start();
    }

    void give(List<Span> spans) {
        for (Span span : spans) {
            if (!queue.offer(span)) {
                dropped.increment();
            }
        }
    }

    private void turn() throws InterruptedException {
        Span first = queue.poll(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        List<Span> batch = new ArrayList<>();
        batch.add(first);
        queue.drainTo(batch, BATCH_MAX - 1);
        boolean isTold = false;
        try {
            export(batch);
            isTold = true;
        } finally {
            if (!isTold) {
                dropped.add(batch.size());
            }
        }
    }

    private void export(List<Span> batch) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(collector)
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(OtlpJson.request(node, batch)))
                        .build();
        String reason = "";
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            try {
                int status =
                        client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
                if (status / 100 == 2) {
                    exported.add(batch.size());
                    return;
                }
                reason = "answered " + status;
                if (!TRY_AGAIN.contains(status)) {
                    break;
                }
            } catch (IOException e) {
                reason = e.toString();
            }
            if (attempt < ATTEMPTS_MAX) {
                Thread.sleep(PAUSE.multipliedBy(attempt));
            }
        }
        dropped.add(batch.size());
        LOG.atWarn()
                .addKeyValue("collector", collector)
                .addKeyValue("spans", batch.size())
                .addKeyValue("reason", reason)
                .log("The collector did not take spans");
    }

    /** Gives what waits a last chance, for a bounded time. */
    @Override
    public void close() {
        closing = true;
        try {
            if (!thread.join(CLOSE_WITHIN)) {
                isOver = true;
                thread.interrupt();
                var _ = thread.join(CLOSE_WITHIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.shutdownNow();
    }
}
