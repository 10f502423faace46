package io.lastmile.api.spans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SpanExporterTest {
    private static final Span SPAN =
            new Span(
                    "0af7651916cd43dd8448eb211c80319c",
                    "00f067aa0ba902b7",
                    "b7ad6b7169203331",
                    "lastmile send",
                    1_794_996_000_000L,
                    1_794_996_000_025L,
                    Map.of("lastmile.device", "phone-7"),
                    "expired: time to live ended");

    private final BlockingQueue<JsonNode> requests = new LinkedBlockingQueue<>();
    private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final CountDownLatch open = new CountDownLatch(1);
    private final Metrics metrics = new Metrics();
    private final HttpServer collector;

    SpanExporterTest() throws IOException {
        collector =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        collector.createContext("/v1/traces", this::answer);
        collector.start();
    }

    @AfterEach
    void stop() {
        open.countDown();
        collector.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(new ObjectMapper().readTree(exchange.getRequestBody()));
            Integer status = answers.poll();
            if (status != null && status == 0) {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            exchange.sendResponseHeaders(status == null || status == 0 ? 200 : status, -1);
        }
    }

    private SpanExporter exporter(int spansMax) {
        URI url = URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces");
        return new SpanExporter(url, "api-1", spansMax, metrics);
    }

    private long count(String fate) {
        return metrics.counter(Metric.API_TRACE, fate).count();
    }

    private JsonNode request() throws InterruptedException {
        JsonNode request = requests.poll(30, TimeUnit.SECONDS);
        assertTrue(request != null, "nothing came");
        return request;
    }

    @Test
    void spansGoOutInTheWordsOfTheProtocol() throws Exception {
        try (SpanExporter exporter = exporter(10)) {
            exporter.give(List.of(SPAN));
            JsonNode resource = request().at("/resourceSpans/0");
            assertEquals(
                    "lastmile",
                    resource.at("/resource/attributes").findValues("value").stream()
                            .map(value -> value.path("stringValue").asText())
                            .filter(text -> !text.equals("api-1"))
                            .findFirst()
                            .orElseThrow());
            JsonNode span = resource.at("/scopeSpans/0/spans/0");
            assertEquals(SPAN.traceId(), span.path("traceId").asText());
            assertEquals(SPAN.spanId(), span.path("spanId").asText());
            assertEquals(SPAN.parentId(), span.path("parentSpanId").asText());
            assertEquals("lastmile send", span.path("name").asText());
            assertEquals("1794996000000000000", span.path("startTimeUnixNano").asText());
            assertEquals("1794996000025000000", span.path("endTimeUnixNano").asText());
            assertEquals("phone-7", span.at("/attributes/0/value/stringValue").asText());
            assertEquals(2, span.at("/status/code").asInt());
        }
        assertEquals(1, count("exported"));
    }

    @Test
    void aBusyCollectorIsAskedAgain() throws Exception {
        answers.add(503);
        try (SpanExporter exporter = exporter(10)) {
            exporter.give(List.of(SPAN));
            assertEquals(request(), request());
        }
        assertEquals(1, count("exported"));
        assertEquals(0, count("dropped"));
    }

    @Test
    void whatACollectorRefusesIsCountedAndLetGo() throws Exception {
        answers.add(400);
        try (SpanExporter exporter = exporter(10)) {
            exporter.give(List.of(SPAN));
            request();
        }
        assertEquals(0, requests.size());
        assertEquals(1, count("dropped"));
    }

    @Test
    void whatDoesNotFitIsCountedAndHoldsNobodyUp() throws Exception {
        answers.add(0); // the first request waits
        try (SpanExporter exporter = exporter(10)) {
            exporter.give(List.of(SPAN));
            request();
            exporter.give(Collections.nCopies(25, SPAN));
            assertEquals(15, count("dropped"));
            open.countDown();
        }
        assertEquals(11, count("exported"));
    }
}
