package io.lastmile.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What browsers ask before they call, names of requests, and bodies that come packed. */
class BrowserAndBodyTest {
    private static final String SHOP = "https://shop.example";

    private final RunningApi api =
            new RunningApi(true, new Access(null, Clock.system()), new Cors(List.of(SHOP)));

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> preflight(String origin) throws Exception {
        return api.send(
                api.to("/v1/devices/d/messages")
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .header("Origin", origin)
                        .header("Access-Control-Request-Method", "POST")
                        .header(
                                "Access-Control-Request-Headers",
                                "content-type, attribute-color, x-odd"));
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void aPageOfAnAllowedOriginMayCall() throws Exception {
        HttpResponse<String> asked = preflight(SHOP);
        assertEquals(204, asked.statusCode());
        assertEquals(SHOP, header(asked, "access-control-allow-origin"));
        assertEquals("POST, GET", header(asked, "access-control-allow-methods"));
        String headers = header(asked, "access-control-allow-headers");
        assertTrue(headers.contains("Content-Encoding"), headers);
        assertTrue(headers.contains("TTL") && headers.endsWith("attribute-color"), headers);

        HttpResponse<String> answer = api.post("d", "x", "Origin", SHOP);
        assertEquals(202, answer.statusCode());
        assertEquals(SHOP, header(answer, "access-control-allow-origin"));
        assertTrue(header(answer, "access-control-expose-headers").contains("Location"));
        HttpResponse<String> refused = api.post("d", "x", "Origin", SHOP, "TTL", "soon");
        assertEquals(SHOP, header(refused, "access-control-allow-origin"), "of refusals too");
    }

    @Test
    void aPageOfAnotherOriginMayNot() throws Exception {
        HttpResponse<String> asked = preflight("https://evil.example");
        assertEquals(403, asked.statusCode());
        assertEquals("", header(asked, "access-control-allow-origin"));
    }

    @Test
    void aRequestKeepsItsName() throws Exception {
        HttpResponse<String> named = api.post("d", "x", "X-Request-Id", "order-17");
        assertEquals("order-17", header(named, "x-request-id"));
        HttpResponse<String> unnamed = api.post("d", "x", "X-Request-Id", "not allowed");
        assertTrue(header(unnamed, "x-request-id").matches("[0-9a-z]+"));
    }

    private static byte[] packed(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private HttpResponse<String> postPacked(String path, String type, byte[] body)
            throws Exception {
        return api.send(
                api.to(path)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .header("Content-Type", type)
                        .header("Content-Encoding", "gzip"));
    }

    @Test
    void packedBodiesAreUnpacked() throws Exception {
        String to = "/v1/devices/d/messages";
        assertEquals(202, postPacked(to, "text/plain", packed("hello")).statusCode());
        assertEquals(
                "hello", new String(api.kafka.history().getLast().value(), StandardCharsets.UTF_8));
        byte[] lines = packed("{\"device\":\"d\"}\n".repeat(50));
        HttpResponse<String> many = postPacked("/v1/messages", "application/x-ndjson", lines);
        assertEquals(50, many.body().lines().count(), many.body());
    }

    @Test
    void aBombIsRefusedAtTheBound() throws Exception {
        byte[] bomb = packed("0".repeat(10_000_000));
        HttpResponse<String> answer = postPacked("/v1/devices/d/messages", "text/plain", bomb);
        assertEquals(413, answer.statusCode());
        assertEquals(0, api.admission.bodyBytes());
    }

    @Test
    void aBodyThatBreaksOffIsNotCalledBadlyPacked() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.setSoTimeout(10_000);
            String cut =
                    "POST /v1/devices/d/messages HTTP/1.1\r\nHost: h\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel";
            socket.getOutputStream().write(cut.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            byte[] answer = socket.getInputStream().readAllBytes();
            String text = new String(answer, StandardCharsets.US_ASCII);
            assertFalse(text.contains("content-encoding"), text);
        }
        await().until(() -> api.admission.bodyBytes() == 0);
    }

    @Test
    void whatIsNotPackedIsSaid() throws Exception {
        byte[] plain = "hello".getBytes(StandardCharsets.UTF_8);
        HttpResponse<String> answer = postPacked("/v1/devices/d/messages", "text/plain", plain);
        assertEquals(415, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("/problems/content-encoding"), answer.body());
        answer = postPacked("/v1/messages", "application/x-ndjson", plain);
        assertEquals(415, answer.statusCode(), answer.body());
    }
}
