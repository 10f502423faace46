package io.lastmile.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminTest {
    private final Metrics metrics = new Metrics();
    private final HttpClient client = HttpClient.newHttpClient();
    private Admin admin = new Admin("127.0.0.1", 0, metrics);

    @BeforeEach
    void query() {
        admin.query(
                "/state/devices",
                HopSecret.of("s3cr3t"),
                segments -> new QueryAnswer(200, "{\"asked\":\"" + segments + "\"}"));
    }

    @AfterEach
    void close() {
        admin.close();
        client.close();
    }

    private HttpResponse<String> get(String path, @Nullable String secret) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.port() + path));
        if (secret != null) {
            request.header(Admin.SECRET_HEADER, secret);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void itIsReadyWhenAllPartsAre() throws Exception {
        assertEquals(503, get("/health/ready", null).statusCode());
        AtomicBoolean kafka = new AtomicBoolean();
        admin.part("http", () -> true);
        admin.part("kafka", kafka::get);
        HttpResponse<String> answer = get("/health/ready", null);
        assertEquals(503, answer.statusCode());
        assertEquals(
                "{\"status\":\"not ready\",\"parts\":{\"http\":\"ready\",\"kafka\":\"not ready\"}}",
                answer.body());
        kafka.set(true);
        assertEquals(200, get("/health/ready", null).statusCode());
        assertEquals(200, get("/health/live", null).statusCode());
    }

    @Test
    void aPartThatCannotTellIsNotReady() throws Exception {
        admin.part(
                "broken",
                () -> {
                    throw new IllegalStateException("cannot tell");
                });
        assertEquals(503, get("/health/ready", null).statusCode());
    }

    @Test
    void metricsAreText() throws Exception {
        metrics.counter(Metric.API_ACCEPTED).add(2);
        HttpResponse<String> answer = get("/metrics", null);
        assertEquals(Metrics.CONTENT_TYPE, answer.headers().firstValue("content-type").orElse(""));
        assertTrue(answer.body().contains("lastmile_api_accepted_messages_total 2.0"));
    }

    @Test
    void aStateQueryNeedsTheSecret() throws Exception {
        assertEquals(403, get("/state/devices/d", null).statusCode());
        assertEquals(403, get("/state/devices/d", "s3cr3").statusCode());
        HttpResponse<String> answer = get("/state/devices/a%40b", "s3cr3t");
        assertEquals(200, answer.statusCode());
        assertEquals("{\"asked\":\"[a@b]\"}", answer.body());
    }

    @Test
    void whatIsNotThereIsAProblem() throws Exception {
        HttpResponse<String> answer = get("/nothing", null);
        assertEquals(404, answer.statusCode());
        assertEquals(Problem.CONTENT_TYPE, answer.headers().firstValue("content-type").orElse(""));
        HttpRequest post =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.port() + "/metrics"))
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build();
        assertEquals(405, client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
    }

    @Test
    void aTakenPortIsSaidInOneLine() {
        SettingsException refused =
                assertThrows(
                        SettingsException.class,
                        () -> new Admin("127.0.0.1", admin.port(), metrics));
        assertTrue(
                String.valueOf(refused.getMessage())
                        .startsWith("admin.port: port " + admin.port() + " of 127.0.0.1 is taken"));
    }
}
