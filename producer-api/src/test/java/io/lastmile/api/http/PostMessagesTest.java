package io.lastmile.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostMessagesTest {
    private final RunningApi api = new RunningApi(true);

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> post(String type, String body) throws Exception {
        return api.send(
                api.to("/v1/messages")
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private List<String> lines(String... body) throws Exception {
        HttpResponse<String> answer = post("application/x-ndjson", String.join("\n", body));
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body().lines().toList();
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void everyLineIsAnsweredInItsPlace() throws Exception {
        List<String> answers =
                lines(
                        "{\"device\":\"a\",\"payload\":{\"text\": \"gr\u00fc\u00df\", \"n\": [1.0E2]}}",
                        "this is no JSON",
                        "",
                        "{\"device\":\"a b\"}",
                        "{\"device\":\"b\",\"payloadBase64\":\"AAEC\",\"contentType\":\"application/octet-stream\"}",
                        "{\"device\":\"c\",\"payload\":1} {}",
                        "{\"device\":\"c\",\"payload\":\"x\"}\r");
        assertEquals(6, answers.size(), answers.toString());
        assertTrue(answers.get(0).contains("\"device\":\"a\",\"acceptedAt\":\""), answers.get(0));
        assertTrue(answers.get(1).contains("\"type\":\"/problems/json\""), answers.get(1));
        assertTrue(answers.get(2).contains("\"type\":\"/problems/device-id\""), answers.get(2));
        assertTrue(answers.get(2).contains("\"field\":\"device\""), answers.get(2));
        assertTrue(answers.get(3).contains("\"device\":\"b\",\"acceptedAt\":\""), answers.get(3));
        assertTrue(answers.get(4).contains("\"status\":400"), answers.get(4));
        assertTrue(answers.get(5).contains("\"device\":\"c\",\"acceptedAt\":\""), answers.get(5));
        var sent = api.kafka.history();
        assertEquals(3, sent.size());
        assertEquals(
                "{\"text\": \"gr\u00fc\u00df\", \"n\": [1.0E2]}",
                new String(sent.get(0).value(), StandardCharsets.UTF_8));
        assertEquals("application/json", header(sent.get(0), "content-type"));
        assertEquals(List.of((byte) 0, (byte) 1, (byte) 2), bytes(sent.get(1).value()));
        assertEquals("application/octet-stream", header(sent.get(1), "content-type"));
        assertEquals("\"x\"", new String(sent.get(2).value(), StandardCharsets.UTF_8));
    }

    @Test
    void whatEndsBeforeItIsDueIsRefused() throws Exception {
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        String line =
                lines(
                                "{\"device\":\"a\",\"payload\":1,\"ttl\":60,\"notBefore\":\""
                                        + tomorrow
                                        + "\"}")
                        .getFirst();
        assertTrue(line.contains("\"status\":400"), line);
        assertTrue(line.contains("\"field\":\"ttl\""), line);
    }

    private static List<Byte> bytes(byte[] value) {
        return List.of(value[0], value[1], value[2]);
    }

    @Test
    void whatALineSaysStandsInTheRecord() throws Exception {
        lines(
                "{\"device\":\"a\",\"payload\":1,\"ttl\":60,\"urgency\":\"high\",\"collapseKey\":\"w\",\"idempotencyKey\":\"k\",\"notBefore\":\"2020-11-23T05:00:00Z\",\"attributes\":{\"colour\":\"red\"}}");
        ProducerRecord<byte[], byte[]> record = api.kafka.history().getLast();
        assertEquals("60", header(record, "ttl"));
        assertEquals("high", header(record, "urgency"));
        assertEquals("w", header(record, "collapse-key"));
        assertEquals("k", header(record, "idempotency-key"));
        assertEquals("1606107600000", header(record, "not-before"));
        assertEquals("red", header(record, "colour"));
        assertEquals("1", new String(record.value(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"ttl\":\"60\"|ttl|ttl",
                "\"ttl\":-1|ttl|ttl",
                "\"ttl\":1.5|ttl|ttl",
                "\"ttl\":99999999999999999999|ttl|ttl",
                "\"urgency\":\"urgent\"|urgency|urgency",
                "\"urgency\":1|json|urgency",
                "\"collapseKey\":\"\"|topic|collapseKey",
                "\"idempotencyKey\":\"a\\u0000\"|idempotency-key|idempotencyKey",
                "\"notBefore\":\"tomorrow\"|not-before|notBefore",
                "\"contentType\":\"\"|content-type|contentType",
                "\"attributes\":{\"ttl\":\"5\"}|attribute|attributes",
                "\"attributes\":{\"a\":5}|json|attributes",
                "\"attributes\":5|attribute|attributes",
                "\"payload\":1,\"payloadBase64\":\"AA==\"|json|payload",
                "\"payloadBase64\":\"A\"|json|payloadBase64",
                "\"device\":\"b\"|json|device",
                "\"devices\":[\"b\"]|device-id|device",
                "\"priority\":1|json|priority",
            })
    void aFieldOutOfRangeIsNamed(String field, String type, String name) throws Exception {
        String answer = lines("{\"device\":\"a\"," + field + "}").getFirst();
        assertTrue(answer.contains("\"type\":\"/problems/" + type + "\""), answer);
        assertTrue(answer.contains("\"field\":\"" + name + "\""), answer);
        assertTrue(api.kafka.history().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "'\"attributes\":{\"title\":\"line 1\\nline 2\"}', attribute, attributes, attributes: title: U+000A is character 7",
        "'\"attributes\":{\"a\":\"a\\tb\"}', attribute, attributes, attributes: a: U+0009 is character 2",
        "'\"attributes\":{\"a\":\"\\uffff\"}', attribute, attributes, attributes: a: U+FFFF is character 1",
        "'\"contentType\":\"a/b; x=\\u0085\"', content-type, contentType, contentType: U+0085 is character 8",
        "'\"idempotencyKey\":\"\\ufdd0\"', idempotency-key, idempotencyKey, idempotencyKey: U+FDD0 is character 1",
    })
    void whatMqttDoesNotCarryIsRefusedWithItsPlace(
            String field, String type, String name, String detail) throws Exception {
        String answer = lines("{\"device\":\"a\"," + field + "}").getFirst();
        assertTrue(answer.contains("\"type\":\"/problems/" + type + "\""), answer);
        assertTrue(answer.contains("\"field\":\"" + name + "\""), answer);
        assertTrue(answer.contains("\"detail\":\"" + detail + ": "), answer);
        assertTrue(api.kafka.history().isEmpty());
    }

    @Test
    void onePayloadGoesToManyDevicesUpToALimit() throws Exception {
        List<String> answers =
                lines(
                        "{\"devices\":[\"a\",\"b\",\"a\"],\"payload\":1}",
                        "{\"devices\":[\"a\",\"b\",\"c\",\"d\"],\"payload\":1}",
                        "{\"devices\":[],\"payload\":1}",
                        "{\"devices\":\"a\",\"payload\":1}");
        // As many answers as are named; who is named twice gets it once.
        assertEquals(
                List.of("a", "b", "a"),
                new ObjectMapper()
                        .readTree(answers.get(0))
                        .path("messages")
                        .findValuesAsText("device"));
        assertEquals(
                2,
                Set.copyOf(new ObjectMapper().readTree(answers.get(0)).findValuesAsText("id"))
                        .size());
        assertEquals(2, api.kafka.history().size());
        for (String refused : answers.subList(1, 4)) {
            assertTrue(refused.contains("\"field\":\"devices\""), refused);
        }
    }

    @Test
    void aBadIdAmongManyIsNamedAndSpoilsNoOther() throws Exception {
        String answer = lines("{\"devices\":[\"a\",\"phone 2\",\"b\"],\"payload\":1}").getFirst();
        JsonNode messages = new ObjectMapper().readTree(answer).path("messages");
        assertEquals(3, messages.size(), answer);
        assertEquals("a", messages.path(0).path("device").asText());
        assertEquals(400, messages.path(1).path("status").asInt());
        assertEquals("devices", messages.path(1).path("field").asText());
        assertTrue(messages.path(1).path("detail").asText().contains("\"phone 2\""), answer);
        assertEquals("b", messages.path(2).path("device").asText());
        assertEquals(2, api.kafka.history().size());
    }

    @Test
    void anotherBodyUnderTheSameKeyIsRefused() throws Exception {
        List<String> answers =
                lines(
                        "{\"device\":\"a\",\"payload\":1,\"idempotencyKey\":\"k\"}",
                        "{\"device\":\"a\",\"payload\":2,\"idempotencyKey\":\"k\"}",
                        "{\"device\":\"a\",\"payload\":1,\"idempotencyKey\":\"k\",\"ttl\":9}");
        assertTrue(answers.get(1).contains("\"status\":422"), answers.get(1));
        assertTrue(answers.get(1).contains("\"field\":\"idempotencyKey\""), answers.get(1));
        assertEquals(answers.get(0), answers.get(2));
        assertEquals(1, api.kafka.history().size());
    }

    @Test
    void anArrayIsAnsweredByAnArray() throws Exception {
        HttpResponse<String> answer =
                post(
                        "application/json; charset=utf-8",
                        "[{\"device\":\"a\",\"payload\":\"\u00fc\"}, {\"device\":1},{\"device\":\"b\",\"payload\":2}]");
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().startsWith("[{\"id\":\""), answer.body());
        assertTrue(answer.body().contains("},{\"type\":\"/problems/json\""), answer.body());
        assertTrue(answer.body().endsWith("}]"), answer.body());
        assertEquals(2, api.kafka.history().size());
        assertEquals(
                "\"\u00fc\"",
                new String(api.kafka.history().getFirst().value(), StandardCharsets.UTF_8));
        assertEquals("[]", post("application/json", "[]").body());
    }

    @Test
    void ofAnArrayThatIsNoneNothingIsSent() throws Exception {
        for (String text :
                List.of("[{\"device\":\"a\"},", "{}", "", "[1]", "[{\"device\":\"a\"}] x", "[{]")) {
            HttpResponse<String> answer = post("application/json", text);
            assertEquals(400, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains("/problems/json"), answer.body());
        }
        HttpResponse<String> plain = post("text/plain", "[]");
        assertEquals(415, plain.statusCode(), plain.body());
        assertTrue(api.kafka.history().isEmpty());
    }

    /** A few bytes hold a million bad lines, if they are packed. */
    @Test
    void whereNothingIsUnderstoodTheRestIsNotRead() throws Exception {
        String bad = "{}\n".repeat(Batches.REFUSED_MAX - 1);
        List<String> answers = lines(bad + "{\"device\":\"d\"}\n" + bad + "{}\n".repeat(50));
        assertEquals(2 * Batches.REFUSED_MAX + 1, answers.size());
        assertTrue(answers.getLast().contains("/problems/not-understood"), answers.getLast());
    }

    @Test
    void aLineTooLongIsRefusedAndTheNextOneTaken() throws Exception {
        String payload = "x".repeat(RunningApi.PAYLOAD_BYTES_MAX);
        List<String> answers =
                lines(
                        "{\"device\":\"a\",\"payload\":\"" + payload + "\"}",
                        "{\"device\":\"a\",\"payload\":\"" + "x".repeat(200_000) + "\"}",
                        "{\"device\":\"a\",\"payload\":\"" + payload.substring(2) + "\"}");
        assertTrue(answers.get(0).contains("payload-too-large"), answers.get(0));
        assertTrue(answers.get(1).contains("payload-too-large"), answers.get(1));
        assertTrue(answers.get(2).contains("acceptedAt"), answers.get(2));
        assertEquals(1, api.kafka.history().size());
    }

    @Test
    void aLineIsAnsweredBeforeTheNextOneIsSent() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.setSoTimeout(5_000);
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader answers =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            for (int i = 0; i < 3; i++) {
                String line = "{\"device\":\"d" + i + "\"}\n";
                out.write(
                        (Integer.toHexString(line.length()) + "\r\n" + line + "\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                String answer = answers.readLine();
                while (!answer.contains("\"device\":\"d" + i + "\"")) {
                    answer = answers.readLine();
                }
            }
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> api.kafka.history().size() == 3);
    }

    @Test
    void aLongStreamFitsIntoLittleRoom() throws Exception {
        String line = "{\"device\":\"d\",\"payload\":\"" + "x".repeat(900) + "\"}";
        String[] all = new String[5_000];
        java.util.Arrays.fill(all, line);
        List<String> answers = lines(all);
        assertEquals(5_000, answers.size());
        assertTrue(answers.stream().allMatch(answer -> answer.contains("acceptedAt")));
        assertEquals(5_000, api.kafka.history().size());
    }

    @Test
    void withoutKafkaEachLineSaysSo() throws Exception {
        api.kafka.sendException = new org.apache.kafka.common.errors.TimeoutException("away");
        List<String> answers = lines("{\"device\":\"a\"}", "{\"device\":\"b\"}");
        assertEquals(2, answers.size());
        for (String answer : answers) {
            assertTrue(answer.contains("\"type\":\"/problems/kafka-away\""), answer);
            assertTrue(answer.contains("\"status\":503"), answer);
        }
    }
}
