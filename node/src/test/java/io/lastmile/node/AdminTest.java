package io.lastmile.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.hop.StateProof;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    private HttpResponse<String> get(String path, @Nullable String proof) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.port() + path));
        if (proof != null) {
            request.header("Lastmile-Proof", proof);
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
                "{\"status\":\"not ready\",\"parts\":{\"http\":\"ready\",\"kafka\":\"not ready\","
                        + "\"tasks\":\"ready\"}}",
                answer.body());
        kafka.set(true);
        assertEquals(200, get("/health/ready", null).statusCode());
        assertEquals(200, get("/health/live", null).statusCode());
    }

    @Test
    void itIsNotReadyWhileAVitalTaskDoesNotRun() throws Exception {
        admin.part("http", () -> true);
        Task vital = metrics.tasks().vital("sweep", Duration.ofSeconds(10));
        assertEquals(200, get("/health/ready", null).statusCode());
        for (int i = 0; i < 3; i++) {
            vital.failed(new IllegalStateException("a bug"));
        }
        assertEquals(503, get("/health/ready", null).statusCode());
        assertEquals(200, get("/health/live", null).statusCode(), "it may come back");
        assertTrue(vital.run(() -> {}));
        assertEquals(200, get("/health/ready", null).statusCode());
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        var _ = vital.every(thread, Duration.ofSeconds(1), () -> {});
        thread.shutdownNow();
        assertEquals(503, get("/health/ready", null).statusCode());
        assertEquals(503, get("/health/live", null).statusCode());
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

    private QueryAnswer asked(StateClient asker, String path) throws Exception {
        return asker.get("127.0.0.1:" + admin.port(), path);
    }

    @Test
    void aStateQueryNeedsTheSecret() throws Exception {
        try (StateClient knows = new StateClient("s3cr3t", Duration.ofSeconds(10));
                StateClient guesses = new StateClient("s3cr3", Duration.ofSeconds(10))) {
            for (int i = 0; i < 3; i++) {
                QueryAnswer answer = asked(knows, "/state/devices/a%40b");
                assertEquals(new QueryAnswer(200, "{\"asked\":\"[a@b]\"}"), answer);
            }
            assertEquals(403, asked(guesses, "/state/devices/d").status());
        }
        HttpResponse<String> answer = get("/state/devices/d", null);
        assertEquals(401, answer.statusCode());
        assertEquals(32, answer.headers().firstValue("Lastmile-Challenge").orElse("").length());
    }

    @Test
    void aProofThatSomebodyRecordedIsWorthNothing() throws Exception {
        String challenge =
                get("/state/devices/d", null)
                        .headers()
                        .firstValue("Lastmile-Challenge")
                        .orElseThrow();
        String question = challenge + ".me.0";
        String mac =
                HexFormat.of()
                        .formatHex(
                                StateProof.ofQuestion("s3cr3t", question, "GET", "/state/devices/d")
                                        .bytes());
        String proof = question + "." + mac;
        assertEquals(403, get("/state/devices/e", proof).statusCode(), "another question");
        assertEquals(403, get("/state/devices/d", challenge + ".me.1." + mac).statusCode());
        HttpResponse<String> answer = get("/state/devices/d", proof);
        assertEquals(200, answer.statusCode());
        String expected =
                HexFormat.of()
                        .formatHex(
                                StateProof.ofAnswer(
                                                "s3cr3t",
                                                question,
                                                200,
                                                answer.body().getBytes(US_ASCII))
                                        .bytes());
        assertEquals(expected, answer.headers().firstValue("Lastmile-Proof").orElse(""));
        assertEquals(401, get("/state/devices/d", proof).statusCode(), "it came already");
    }

    @Test
    void aPortThatDoesNotKnowTheSecretIsNotBelieved() throws Exception {
        try (HttpListener liar =
                        new HttpListener(
                                "port",
                                "127.0.0.1",
                                0,
                                (_, answer) -> answer.sendJson(200, "{\"online\":true}"));
                StateClient asker = new StateClient("s3cr3t", Duration.ofSeconds(10))) {
            assertThrows(
                    IOException.class,
                    () -> asker.get("127.0.0.1:" + liar.port(), "/state/devices/d"));
        }
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

    /** Sends a request as it is, and reads until the server closes. */
    private String untilClosed(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
            socket.setSoTimeout(10_000); // the server itself would wait for thirty seconds
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    @Test
    void whoAsksForItIsClosedAfterTheAnswer() throws Exception {
        String answer =
                untilClosed("GET /health/live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.endsWith("{\"status\":\"live\"}"), answer);
    }

    @Test
    void aBodyThatNobodyReadsDoesNotTakeTheAnswerAway() throws Exception {
        String answer =
                untilClosed(
                        "POST /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                                + "Content-Length: 100000\r\n\r\n"
                                + "x".repeat(100_000));
        assertTrue(answer.startsWith("HTTP/1.1 405 "), answer);
        assertTrue(answer.endsWith("}"), answer);
    }

    @Test
    void aCheckOfALoadBalancerMaySpeakHttp10() throws Exception {
        String answer = untilClosed("GET /health/live HTTP/1.0\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.endsWith("{\"status\":\"live\"}"), answer);
    }

    @Test
    void aConnectionOfHttp10StaysWhereThatIsAskedFor() throws Exception {
        String first = "GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
        String answers = untilClosed(first + "GET /health/live HTTP/1.0\r\n\r\n");
        assertEquals(3, answers.split("HTTP/1.1 200 ", -1).length, answers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "nonsense\n\n",
                "GET /health/live HTTP/1.1\r\n\r\n",
            })
    void whatIsNoHttpIsToldSo(String request) throws Exception {
        String answer = untilClosed(request);
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("/problems/http"), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {" HTTP/0.9", ""})
    void anotherVersionOfHttpIsToldSo(String version) throws Exception {
        String answer = untilClosed("GET /health/live" + version + "\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 505 "), answer);
    }

    @Test
    void aConnectionThatSaysNothingDoesNotHoldUpTheEnd() throws Exception {
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
            assertEquals(200, get("/health/live", null).statusCode()); // so it has been accepted
            assertTimeout(Duration.ofSeconds(5), admin::close);
            assertEquals(-1, silent.getInputStream().read());
        }
    }

    /** A page that was loaded from there, whose name then was made to lead here. */
    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/health/ready", "/state/devices/d"})
    void aPageOfElsewhereLearnsNothing(String path) throws Exception {
        for (String headers :
                new String[] {
                    "Host: evil.example\r\n", "Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n"
                }) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
                socket.getOutputStream()
                        .write(
                                ("GET " + path + " HTTP/1.1\r\n" + headers + "\r\n")
                                        .getBytes(US_ASCII));
                socket.setSoTimeout(10_000);
                String status = new String(socket.getInputStream().readNBytes(12), US_ASCII);
                assertTrue(status.matches("HTTP/1.1 4(21|03)"), status);
            }
        }
    }
}
