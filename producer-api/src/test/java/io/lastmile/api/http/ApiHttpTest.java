package io.lastmile.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Problem;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Partitions;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiHttpTest {
    private final RunningApi api = new RunningApi(true);

    @AfterEach
    void close() {
        api.close();
    }

    private ProducerRecord<byte[], byte[]> last() {
        return api.kafka.history().getLast();
    }

    private List<String> headers() {
        List<String> headers = new ArrayList<>();
        last().headers()
                .forEach(header ->
                        headers.add(
                                header.key()
                                        + "="
                                        + new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }

    private static void isProblem(HttpResponse<String> answer, int status, String type) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals(Problem.CONTENT_TYPE, answer.headers().firstValue("content-type").orElse(""));
        assertTrue(answer.body().contains("\"type\":\"/problems/" + type + "\""), answer.body());
        assertTrue(answer.body().contains("\"status\":" + status), answer.body());
    }

    @Test
    void aMessageIsAcceptedWithItsPlaceInTheLog() throws Exception {
        HttpResponse<String> answer = api.post("phone-1", "hello", "Content-Type", "text/plain");
        int partition = Partitions.of(new DeviceId("phone-1"), RunningApi.PARTITIONS);
        String id = partition + "-0";
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("/v1/messages/" + id, answer.headers().firstValue("location").orElse(""));
        assertTrue(
                answer.body()
                        .startsWith(
                                "{\"id\":\"" + id + "\",\"device\":\"phone-1\",\"acceptedAt\":\""),
                answer.body());
        assertArrayEquals("phone-1".getBytes(StandardCharsets.US_ASCII), last().key());
        assertArrayEquals("hello".getBytes(StandardCharsets.UTF_8), last().value());
        assertEquals(partition, last().partition());
        assertEquals(List.of("content-type=text/plain"), headers());
        assertTrue(api.metrics.scrape().contains("lastmile_api_accepted_messages_total 1.0"));
        await().until(() -> api.admission.bodyBytes() == 0);
    }

    @Test
    void whatTheRequestSaysStandsInTheRecord() throws Exception {
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        HttpResponse<String> answer =
                api.post(
                        "a@b",
                        "x",
                        "TTL",
                        "172800",
                        "Urgency",
                        "high",
                        "Topic",
                        "weather",
                        "Idempotency-Key",
                        "order-7",
                        "Not-Before",
                        tomorrow.toString(),
                        "Attribute-Colour",
                        "red",
                        "traceparent",
                        trace);
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals(
                List.of(
                        "ttl=172800",
                        "collapse-key=weather",
                        "urgency=high",
                        "idempotency-key=order-7",
                        "not-before=" + tomorrow.toEpochMilli(),
                        "traceparent=" + trace,
                        "colour=red"),
                headers());
    }

    @Test
    void whatEndsBeforeItIsDueIsRefused() throws Exception {
        String tomorrow = Instant.now().plus(Duration.ofDays(1)).toString();
        HttpResponse<String> answer = api.post("a@b", "x", "TTL", "60", "Not-Before", tomorrow);
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"field\":\"TTL\""), answer.body());
        assertTrue(answer.body().contains("ends before Not-Before"), answer.body());
        assertEquals(202, api.post("a@b", "x", "Not-Before", tomorrow).statusCode());
    }

    @Test
    void anHttpDateWillDoForNotBeforeAndNoBodyIsAnEmptyPayload() throws Exception {
        HttpResponse<String> answer =
                api.send(
                        api.to("/v1/devices/a%40b/messages")
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .header("Not-Before", "Mon, 23 Nov 2020 05:00:00 GMT")
                                .header("traceparent", "not one: ignored"));
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals(List.of("not-before=1606107600000"), headers());
        assertEquals(0, last().value().length);
        assertArrayEquals("a@b".getBytes(StandardCharsets.US_ASCII), last().key());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TTL|-1|ttl",
                "TTL|1.5|ttl",
                "TTL|soon|ttl",
                "TTL|2419201|ttl",
                "TTL|99999999999999999999|ttl",
                "Urgency|urgent|urgency",
                "Not-Before|tomorrow|not-before",
                "Not-Before|1606107600000|not-before",
                "Not-Before|2026-11-23T05:00:00|not-before",
                "Not-Before|9999-01-01T00:00:00Z|not-before",
                "Not-Before|1960-01-01T00:00:00Z|not-before",
                "Attribute-ttl|5|attribute",
                "Attribute-|5|attribute",
                "Attribute-a*b|5|attribute",
            })
    void aHeaderOutOfRangeIsNamed(String name, String value, String type) throws Exception {
        HttpResponse<String> answer = api.post("phone-1", "hello", name, value);
        isProblem(answer, 400, type);
        assertTrue(answer.body().contains("\"field\":\"" + name + "\""), answer.body());
        assertTrue(api.kafka.history().isEmpty());
    }

    @Test
    void longKeysManyAttributesAndHeadersGivenTwiceAreRefused() throws Exception {
        String tooLong = "k".repeat(129);
        isProblem(api.post("d", "", "Topic", tooLong), 400, "topic");
        isProblem(api.post("d", "", "Idempotency-Key", tooLong), 400, "idempotency-key");
        isProblem(api.post("d", "", "Content-Type", "x".repeat(256)), 400, "content-type");
        isProblem(api.post("d", "", "TTL", "1", "TTL", "2"), 400, "ttl");
        isProblem(api.post("d", "", "Attribute-a", "x".repeat(8_192)), 400, "attribute");
        String[] many = new String[65 * 2];
        for (int i = 0; i < 65; i++) {
            many[2 * i] = "Attribute-a" + i;
            many[2 * i + 1] = "1";
        }
        isProblem(api.post("d", "", many), 400, "attribute");
        isProblem(api.post("d", "x", "Content-Encoding", "gzip"), 415, "content-encoding");
        assertTrue(api.kafka.history().isEmpty());
    }

    @Test
    void whoAsksForNothingIsLedToTheConsole() throws Exception {
        HttpResponse<String> answer = api.get("/");
        assertEquals(302, answer.statusCode());
        assertEquals("console", answer.headers().firstValue("Location").orElse(""));
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/v1/devices/a%20b/messages,400,device-id",
        "POST,/v1/devices/a%2Fb/messages,400,device-id",
        "POST,/v1/devices/%C3%A9/messages,400,device-id",
        "POST,/v1/devices/a;b=c/messages,400,device-id",
        "POST,/v1/devices//messages,400,device-id",
        "GET,/v1/devices/a%20b,400,device-id",
        "GET,/v1/messages,405,method",
        "GET,/v1/messages/x,400,message-id",
        "GET,/v1/messages/01-1,400,message-id",
        "GET,/v1/messages/16-1,404,message-id",
        "GET,/v1/devices/a%C3,400,path",
        "GET,/v1,404,path",
        "GET,/v2/nodes,404,path",
        "POST,/v1/devices/a/messages/,404,path",
        "POST,/v1/devices/a/message,404,path",
        "PUT,/v1/devices/a/messages,405,method",
        "PUT,/v1/messages/0-1,405,method",
        "DELETE,/v1/messages/x,400,message-id",
        "GET,/v1/devices/a%20b/messages,400,device-id",
        "POST,/v1/nodes,405,method",
        "BREW,/v1/nodes,405,method",
        "POST,/v1/devices/a,405,method",
        "HEAD,/v1/messages,405,method",
        "GET,/v1/devices/%2e%2e,400,device-id",
        "GET,/v1/devices/%2E,400,device-id",
        "GET,/v1/devices/a/trace?from=,400,from",
        "GET,/v1/devices/a/trace?from=2026-11-23T10:15,400,from",
        "GET,/v1/devices/a/trace?from=2026-11-23T10:15:00Z&from=2026-11-23T10:15:00Z,400,from",
        "GET,/v1/receipts?device=,400,device-id",
        "GET,/v1/receipts?outcome=,400,outcome",
        "PUT,/v1/devices//revocation,400,device-id",
        "GET,/v1/devices//trace,400,device-id",
    })
    void whatIsNotThereIsSaidSo(String method, String path, int status, String type)
            throws Exception {
        HttpResponse<String> answer =
                api.send(api.to(path).method(method, HttpRequest.BodyPublishers.ofString("x")));
        if (method.equals("HEAD")) {
            assertEquals(status, answer.statusCode());
            assertEquals("", answer.body());
        } else {
            isProblem(answer, status, type);
        }
        if (status == 405) {
            assertTrue(answer.headers().firstValue("allow").isPresent());
        }
    }

    @Test
    void aDeviceIdOf128CharactersIsTheLongest() throws Exception {
        assertEquals(202, api.post("d".repeat(128), "x").statusCode());
        isProblem(api.post("d".repeat(129), "x"), 400, "device-id");
    }

    @Test
    void aPayloadOfTheBoundIsTakenAndOneByteMoreIsNot() throws Exception {
        assertEquals(202, api.post("d", "x".repeat(1_000)).statusCode());
        isProblem(api.post("d", "x".repeat(1_001)), 413, "payload-too-large");
        HttpResponse<String> chunked =
                api.send(
                        api.to("/v1/devices/d/messages")
                                .POST(
                                        HttpRequest.BodyPublishers.fromPublisher(
                                                HttpRequest.BodyPublishers.ofString(
                                                        "x".repeat(1_000)))));
        assertEquals(202, chunked.statusCode());
        assertEquals(2, api.kafka.history().size());
    }

    @Test
    void ofABodyFarTooLargeNothingIsReadOn() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write(
                            "POST /v1/devices/d/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nonly this"
                                    .getBytes(StandardCharsets.US_ASCII));
            String answer = readAll(socket.getInputStream());
            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.setSoTimeout(5_000);
            String chunk = "1000\r\n" + "x".repeat(4_096) + "\r\n";
            socket.getOutputStream()
                    .write(
                            ("POST /v1/devices/d/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                            + chunk)
                                    .getBytes(StandardCharsets.US_ASCII));
            String answer = readAll(socket.getInputStream());
            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
        }
        assertTrue(api.kafka.history().isEmpty());
        await().until(() -> api.admission.bodyBytes() == 0);
    }

    @Test
    void whoAsksBeforeSendingIsAnsweredBeforeSending() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write(
                            "POST /v1/devices/d/messages HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1500\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            String answer = readAll(socket.getInputStream());
            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
        }
    }

    private static String readAll(InputStream in) throws Exception {
        return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void aRecordThatKafkaFindsTooLargeIsThePayloadsFault() throws Exception {
        api.kafka.sendException = new RecordTooLargeException("too large");
        isProblem(api.post("d", "x"), 413, "payload-too-large");
    }

    @Test
    void withoutKafkaTheAnswerIs503WithinTheDeadlineAnd202OnceItIsBack() throws Exception {
        api.kafka.sendException = new org.apache.kafka.common.errors.TimeoutException("away");
        HttpResponse<String> away = api.post("d", "x");
        isProblem(away, 503, "kafka-away");
        assertEquals("1", away.headers().firstValue("retry-after").orElse(""));
        api.kafka.sendException = null;
        assertEquals(202, api.post("d", "x").statusCode());
    }

    @Test
    void aKafkaThatDoesNotAnswerIsWaitedForOnlySoLong() throws Exception {
        try (RunningApi silent = new RunningApi(false)) {
            long startedNs = System.nanoTime();
            isProblem(silent.post("d", "x"), 503, "kafka-away");
            assertTrue(System.nanoTime() - startedNs < 2_000_000_000L);
            await().until(() -> silent.admission.bodyBytes() == 0);
            assertTrue(
                    silent.metrics
                            .scrape()
                            .contains(
                                    "lastmile_api_send_failed_messages_total{reason=\"no-answer\"}"
                                            + " 1.0"));
        }
    }

    @Test
    void aRepeatedIdempotencyKeyIsAnsweredWithTheFirstId() throws Exception {
        String first = api.post("d", "x", "Idempotency-Key", "order-7").body();
        assertEquals(first, api.post("d", "x", "Idempotency-Key", "order-7").body());
        assertEquals(202, api.post("e", "x", "Idempotency-Key", "order-7").statusCode());
        assertEquals(2, api.kafka.history().size());
        HttpResponse<String> other = api.post("d", "y", "Idempotency-Key", "order-7");
        isProblem(other, 422, "idempotency-key-reused");
        assertTrue(other.body().contains("\"field\":\"Idempotency-Key\""), other.body());
        assertEquals(2, api.kafka.history().size());
    }

    @Test
    void moreThanThereIsRoomForIsRefusedNotQueued() throws Exception {
        api.fill(RunningApi.IN_FLIGHT_BYTES_MAX - 100);
        HttpResponse<String> busy = api.post("d", "x");
        isProblem(busy, 503, "busy");
        assertEquals("1", busy.headers().firstValue("retry-after").orElse(""));
        api.empty(RunningApi.IN_FLIGHT_BYTES_MAX - 100);
        assertEquals(202, api.post("d", "x").statusCode());
        await().until(() -> api.admission.bodyBytes() == 0);
    }

    @Test
    void answersAreCountedByRouteAndStatus() throws Exception {
        api.post("d", "x");
        api.post("d", "x", "TTL", "soon");
        for (String status : Arrays.asList("202", "400")) {
            String line =
                    "lastmile_api_http_requests_total{route=\"post-message\",status=\""
                            + status
                            + "\"} 1.0";
            await().until(() -> api.metrics.scrape().contains(line)); // counted after the answer
        }
    }
}
