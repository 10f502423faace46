package io.lastmile.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Batches in other encodings, beyond bounds, and those that break off: nothing ends as if it was
 * well.
 */
class BatchTextTest {
    private static final String NDJSON = "application/x-ndjson";
    private static final String LINE = "{\"device\":\"d\",\"payload\":{\"n\":1}}";

    private final RunningApi api = new RunningApi(true);

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> post(String type, byte[] body) throws Exception {
        return api.send(
                api.to("/v1/messages")
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofByteArray(body)));
    }

    private List<String> lines(byte[] body) throws Exception {
        HttpResponse<String> answer = post(NDJSON, body);
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body().lines().toList();
    }

    private static void areRefused(List<String> answers, int least) {
        assertTrue(answers.size() >= least, answers.toString());
        for (String answer : answers) {
            assertTrue(answer.contains("\"type\":\"/problems/json\""), answer);
            assertTrue(answer.contains("UTF-"), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void anotherEncodingThanUtf8IsRefusedLineByLine(String name) throws Exception {
        Charset charset = Charset.forName(name);
        areRefused(lines(LINE.getBytes(charset)), 1);
        areRefused(lines((LINE + "\r\n" + LINE + "\r\n").getBytes(charset)), 2);
        HttpResponse<String> array =
                post("application/json", ("[" + LINE + "," + LINE + "]").getBytes(charset));
        assertEquals(400, array.statusCode(), array.body());
        assertTrue(array.body().contains("UTF-"), array.body());
        assertTrue(api.kafka.history().isEmpty());
    }

    @Test
    void oneLineInUtf16DoesNotSpoilItsNeighbours() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes((LINE + "\n").getBytes(StandardCharsets.UTF_8));
        body.writeBytes(LINE.getBytes(StandardCharsets.UTF_16BE));
        body.writeBytes(("\n" + LINE).getBytes(StandardCharsets.UTF_8));
        List<String> answers = lines(body.toByteArray());
        assertEquals(3, answers.size(), answers.toString());
        assertTrue(answers.get(1).contains("UTF-16"), answers.get(1));
        assertEquals(2, api.kafka.history().size());
    }

    /** What a decoder may take for another text: overlong, surrogates, cut, beyond Unicode. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "c0 80",
                "c1 a1",
                "e0 80 af",
                "f0 80 80 80",
                "ed a0 bd",
                "ed b0 80",
                "f4 90 80 80",
                "f5 80 80 80",
                "ff",
                "80",
                "e2 82",
                "c3 28",
                "e2 28 a1"
            })
    void whatIsNotWellFormedIsRefused(String hex) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("{\"device\":\"d\",\"payload\":\"".getBytes(StandardCharsets.UTF_8));
        for (String each : hex.split(" ", -1)) {
            body.write(Integer.parseInt(each, 16));
        }
        body.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));
        areRefused(lines(body.toByteArray()), 1);
        assertTrue(api.kafka.history().isEmpty());
    }

    @Test
    void everyCharacterOfUtf8IsTaken() throws Exception {
        String payload = "\"\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff\"";
        String line = "{\"device\":\"d\",\"payload\":" + payload + "}";
        lines(line.getBytes(StandardCharsets.UTF_8));
        lines(("\ufeff" + line).getBytes(StandardCharsets.UTF_8));
        post("application/json", ("\ufeff[" + line + "]").getBytes(StandardCharsets.UTF_8));
        assertEquals(3, api.kafka.history().size());
        api.kafka
                .history()
                .forEach(record ->
                        assertEquals(payload, new String(record.value(), StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"idempotencyKey\":\"k\\ud83d\"",
                "\"collapseKey\":\"k\\ude00\"",
                "\"collapseKey\":\"\\ude00\\ud83d\"",
                "\"contentType\":\"text/\\ud83d\"",
                "\"attributes\":{\"title\":\"cut \\ud83d\"}",
            })
    void halfACharacterIsRefusedAndNamed(String field) throws Exception {
        String line = "{\"device\":\"d\"," + field + "}";
        String answer = lines(line.getBytes(StandardCharsets.UTF_8)).getFirst();
        assertTrue(answer.contains("\"status\":400"), answer);
        assertTrue(answer.contains("\"field\":" + field.substring(0, field.indexOf(':'))), answer);
        assertTrue(api.kafka.history().isEmpty());
    }

    private static BatchMessage read(String payload) {
        byte[] text =
                ("{\"device\":\"d\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
        return BatchMessage.read(text, 0, text.length, 1 << 20, 3, 0);
    }

    @Test
    void anyJsonIsAPayloadUpToBoundsThatAreNamed() {
        List<String> taken =
                List.of(
                        "[".repeat(1_000) + "]".repeat(1_000),
                        "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000),
                        "9".repeat(100_000),
                        "0." + "3".repeat(100_000) + "e1000000000",
                        "{\"" + "n".repeat(4_096) + "\":1}",
                        "\"" + "x".repeat(500_000) + "\"");
        for (String payload : taken) {
            assertEquals(payload, read(payload).payload().text());
        }
        List<String> refused =
                List.of("[".repeat(1_010) + "]".repeat(1_010), "{\"" + "n".repeat(5_000) + "\":1}");
        for (String payload : refused) {
            RefusedException why = assertThrows(RefusedException.class, () -> read(payload));
            assertTrue(why.problem().detail().contains("1000 deep"), why.problem().detail());
            assertTrue(why.problem().detail().contains("4096"), why.problem().detail());
        }
    }

    /** A bug is an answer too, and takes no room with it. */
    @Test
    void aMessageThatFailsByABugIsAnsweredInItsPlace() throws Exception {
        api.kafka.sendException = new UnsupportedOperationException("a bug");
        List<String> answers = lines((LINE + "\n" + LINE).getBytes(StandardCharsets.UTF_8));
        assertEquals(2, answers.size(), answers.toString());
        for (String answer : answers) {
            assertTrue(answer.contains("\"type\":\"/problems/internal\""), answer);
            assertTrue(answer.contains("\"status\":500"), answer);
        }
        HttpResponse<String> array =
                post("application/json", ("[" + LINE + "]").getBytes(StandardCharsets.UTF_8));
        assertTrue(array.body().contains("\"status\":500"), array.body());
        api.kafka.sendException = null;
        assertTrue(lines(LINE.getBytes(StandardCharsets.UTF_8)).getFirst().contains("acceptedAt"));
        await().until(() -> api.admission.bodyBytes() == 0);
    }

    /** All that the API says to this request, up to where it closes the connection. */
    private String exchange(String headers, byte[] body) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            String head =
                    "POST /v1/messages HTTP/1.1\r\nHost: h\r\nContent-Type: "
                            + NDJSON
                            + "\r\n"
                            + headers
                            + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(said);
            } catch (IOException e) {
                said.write('\n'); // reset, behind what was said
            }
            return said.toString(StandardCharsets.UTF_8);
        }
    }

    private static void breaksOff(String said, String problem) {
        assertTrue(said.contains("acceptedAt"), said);
        assertTrue(said.contains("\"type\":\"/problems/" + problem + "\""), said);
        assertFalse(said.contains("\r\n0\r\n"), "as if it was whole: " + said);
    }

    @Test
    void aBodyThatCannotBeReadOnEndsWithAProblemAndBroken() throws Exception {
        String line = LINE + "\n";
        String chunk = Integer.toHexString(line.length()) + "\r\n" + line + "\r\n";
        breaksOff(
                exchange(
                        "Transfer-Encoding: chunked",
                        (chunk + "nonsense\r\n").getBytes(StandardCharsets.US_ASCII)),
                "http");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed, true)) {
            gzip.write(line.getBytes(StandardCharsets.UTF_8));
            gzip.flush();
            gzip.write(line.repeat(1_000).getBytes(StandardCharsets.UTF_8));
        }
        byte[] cut = Arrays.copyOf(packed.toByteArray(), packed.size() - 12);
        breaksOff(
                exchange("Content-Encoding: gzip\r\nContent-Length: " + cut.length, cut),
                "content-encoding");
    }

    /** A stream of lines has no bound; what comes out of a packed one has. */
    @Test
    void aBombOfLinesIsRefusedWhereItBecomesOne() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
            out.write((LINE + "\n".repeat(50_000_000)).getBytes(StandardCharsets.UTF_8));
        }
        String answer =
                exchange(
                        "Content-Encoding: gzip\r\nContent-Length: " + bomb.size(),
                        bomb.toByteArray());
        assertTrue(answer.contains("acceptedAt"), answer);
        assertTrue(answer.contains("/problems/unpacked-too-long"), answer);
        assertFalse(answer.endsWith("0\r\n\r\n"), "it looks whole: " + answer);
    }
}
