package io.lastmile.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Requests that break every rule, each told apart by its seed: none is answered with a 500. */
class MalformedRequestsTest {
    private static final int REQUESTS = 5_000;
    private static final int LINES = 5_000;
    private static final List<String> METHODS =
            List.of("POST", "GET", "PUT", "HEAD", "OPTIONS", "post", "", "P OST", "TRACE");
    private static final List<String> PATHS =
            List.of(
                    "/v1/devices/d/messages",
                    "/v1/devices/%/messages",
                    "/v1/devices/d%2/messages?x=%zz",
                    "/v1/devices/%00/messages",
                    "/v1/messages/1-1",
                    "/v1/messages/99999999999-1",
                    "/v1/nodes",
                    "*",
                    "//",
                    "http://x/v1/nodes",
                    "/v1/../v1/nodes",
                    "/v1/devices/d/messages#a",
                    "/\u00e9");
    private static final List<String> HEADERS =
            List.of(
                    "Host: x",
                    "Host:",
                    "TTL: 5",
                    "TTL: \u0001",
                    "TTL:",
                    "Urgency: \u00ff\u00fe",
                    "Topic: " + "t".repeat(500),
                    "Not-Before: 99999-99-99T99:99:99Z",
                    "Not-Before: +1000000000-01-01T00:00:00Z",
                    "Attribute-: x",
                    "Attribute-a: ",
                    "Attribute-a b: x",
                    "Content-Type: ;;;==",
                    "Content-Type: text/plain; charset=nonsense",
                    "Content-Length: 5",
                    "Content-Length: -5",
                    "Content-Length: five",
                    "Content-Length: 99999999999999999999",
                    "Content-Encoding: gzip",
                    "Transfer-Encoding: chunked",
                    "Transfer-Encoding: gzip",
                    "Expect: 100-continue",
                    "Expect: the unexpected",
                    "Connection: upgrade",
                    "Upgrade: h2c",
                    "traceparent: 00-x",
                    "no colon at all",
                    ": no name",
                    "X: " + "y".repeat(20_000));
    private static final List<String> FIELDS =
            List.of(
                    "\"device\":\"a b\"",
                    "\"devices\":[\"a\",\"b\",\"c\",\"d\"]",
                    "\"devices\":[]",
                    "\"payload\":{\"a\":[1,2,{}]}",
                    "\"payload\":",
                    "\"payloadBase64\":\"%%%\"",
                    "\"payloadBase64\":5",
                    "\"contentType\":\"\\u0000\"",
                    "\"ttl\":-1",
                    "\"ttl\":1e99",
                    "\"ttl\":\"60\"",
                    "\"urgency\":\"extreme\"",
                    "\"collapseKey\":\"\"",
                    "\"idempotencyKey\":null",
                    "\"notBefore\":\"tomorrow\"",
                    "\"attributes\":{\"A B\":\"x\"}",
                    "\"attributes\":[]",
                    "\"unknown\":true",
                    "\"ttl\":60");
    private static final List<String> BODIES =
            List.of(
                    "",
                    "hello",
                    "5\r\nhello\r\n0\r\n\r\n",
                    "zz\r\nhello",
                    "ffffffff\r\nx",
                    "-1\r\n");

    @Test
    void noneIsAnsweredWith500() throws Exception {
        int answered = 0;
        try (RunningApi api = new RunningApi(true)) {
            for (int seed = 0; seed < REQUESTS; seed++) {
                String status = exchange(api.port(), request(new SplittableRandom(seed)));
                assertFalse(status.startsWith("HTTP/1.1 500"), "seed " + seed + ": " + status);
                answered += status.startsWith("HTTP/1.1 ") ? 1 : 0;
            }
            assertEquals(202, api.post("d", "it still works").statusCode());
            await().until(() -> api.admission.bodyBytes() == 0);
        }
        assertTrue(answered > REQUESTS / 2, answered + " answered");
    }

    /** Lines made after the schema, each with a mistake or two: every one has its own answer. */
    @Test
    void everyMalformedLineHasItsAnswer() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int seed = 0; seed < LINES; seed++) {
            lines.append(line(new SplittableRandom(seed))).append('\n');
        }
        try (RunningApi api = new RunningApi(true)) {
            HttpResponse<String> answer =
                    api.send(
                            api.to("/v1/messages")
                                    .header("Content-Type", "application/x-ndjson")
                                    .POST(HttpRequest.BodyPublishers.ofString(lines.toString())));
            assertEquals(200, answer.statusCode());
            List<String> answers = answer.body().lines().toList();
            assertEquals(LINES, answers.size());
            List<String> internal =
                    answers.stream().filter(line -> line.contains("\"status\":5")).toList();
            assertEquals(List.of(), internal);
            long refused = answers.stream().filter(line -> line.contains("\"status\":4")).count();
            assertTrue(refused > LINES / 2, refused + " refused");
            await().until(() -> api.admission.bodyBytes() == 0);
        }
    }

    private static String line(RandomGenerator random) {
        List<String> fields = new ArrayList<>(List.of("\"device\":\"d\""));
        for (int i = random.nextInt(3); i >= 0; i--) {
            fields.add(one(FIELDS, random));
        }
        StringBuilder line = new StringBuilder("{" + String.join(",", fields) + "}");
        if (random.nextInt(3) == 0) {
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                char next = (char) (' ' + random.nextInt(95));
                line.setCharAt(random.nextInt(line.length()), next);
            }
        }
        return line.toString().isBlank() ? "{}" : line.toString();
    }

    private static byte[] request(RandomGenerator random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder head = new StringBuilder();
        head.append(one(METHODS, random))
                .append(' ')
                .append(one(PATHS, random))
                .append(random.nextInt(10) == 0 ? " HTTP/9.9" : " HTTP/1.1")
                .append("\r\n");
        if (random.nextInt(10) > 0) {
            head.append("Host: 127.0.0.1\r\n");
        }
        for (int i = random.nextInt(6); i > 0; i--) {
            head.append(one(HEADERS, random)).append(random.nextInt(20) == 0 ? "\n" : "\r\n");
        }
        head.append("\r\n").append(one(BODIES, random));
        out.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        byte[] bytes = out.toByteArray();
        if (random.nextInt(3) == 0) { // and now and then some bytes that are quite different
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    private static String one(List<String> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }

    /** The first line of the answer; empty where the connection is closed without one. */
    private static String exchange(int port, byte[] request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            try {
                out.write(request);
                socket.shutdownOutput();
                byte[] answer = socket.getInputStream().readNBytes(64);
                return new String(answer, StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                return ""; // closed, with what we sent unread
            }
        }
    }
}
