package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lastmile.bench.load.DeviceOptions;
import io.lastmile.bench.load.Devices;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.Scrape;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.node.Metric;
import io.lastmile.wire.DeviceId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sender's trace goes on from its POST to the device's PUBACK, in a collector's eyes. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class SpansTest {
    private static final String NAME = "spans";
    private static final String PARENT = "b7ad6b7169203331";
    private static final DeviceId PHONE = new DeviceId("phone-7");
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final Map<String, JsonNode> spansById = new ConcurrentHashMap<>();
    private final AtomicLong traces = new AtomicLong(1);

    @Test
    void aSampledMessageHasASpanForEachStage() throws Exception {
        HttpServer collector =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", this::take);
        collector.start();
        String url = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces";
        String kafka = Processes.sharedKafka();
        try (Deployment deployment = Processes.deployment(NAME, "--kafka.single-replica=true");
                Devices devices = new Devices(1, _ -> {})) {
            ServerProcess edge = deployment.edge("edge", kafka);
            ServerProcess api = deployment.api("api", kafka, "--api.spans.url=" + url);
            Deployment.startAll(api, deployment.router("router", kafka), edge);
            var _ =
                    devices.connectAll(
                                    List.of(PHONE),
                                    DeviceOptions.at(edge.address("edge.mqtt.port")))
                            .get(30, TimeUnit.SECONDS);
            // The feed begins at the end of the log, once the group has given it its partitions.
            await().atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        post(api, "01");
                        return !spansById.isEmpty();
                    });
            String trace = post(api, "01");
            String unsampled = post(api, "00");
            String last = post(api, "01"); // the same device's, so it is read behind them
            await().atMost(WITHIN).until(() -> names(last).size() == 5);
            assertEquals(
                    List.of(
                            "lastmile acknowledge",
                            "lastmile message",
                            "lastmile route",
                            "lastmile send",
                            "lastmile settle"),
                    names(trace));
            assertEquals(List.of(), names(unsampled));
            for (JsonNode span : spansById.values()) {
                String parent = span.path("parentSpanId").asText();
                assertTrue(parent.equals(PARENT) || spansById.containsKey(parent), parent);
            }
            // Counted once the collector has answered, which is after it has them.
            await().atMost(WITHIN)
                    .until(() -> Scrape.sum(api, Metric.API_TRACE, "exported") == spansById.size());
            assertEquals(0, Scrape.sum(api, Metric.API_TRACE, "dropped"));
        } finally {
            collector.stop(0);
        }
    }

    private List<String> names(String trace) {
        return spansById.values().stream()
                .filter(span -> span.path("traceId").asText().equals(trace))
                .map(span -> span.path("name").asText())
                .sorted()
                .toList();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode body = new ObjectMapper().readTree(exchange.getRequestBody());
            for (JsonNode span : body.at("/resourceSpans/0/scopeSpans/0/spans")) {
                spansById.put(span.path("spanId").asText(), span);
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /** Posts a message of a trace of its own. */
    private String post(ServerProcess api, String flags) throws Exception {
        String trace = "%032x".formatted(traces.getAndIncrement());
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:%d/v1/devices/%s/messages"
                                                .formatted(api.port("api.port"), PHONE)))
                        .header("traceparent", "00-" + trace + "-" + PARENT + "-" + flags)
                        .POST(HttpRequest.BodyPublishers.ofString("hello"))
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertEquals(
                    202, client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        }
        return trace;
    }
}
