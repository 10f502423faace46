package io.lastmile.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The port as a client sees it that sends byte after byte what it wants to. Long because HTTP has
 * many rules.
 */
class HttpListenerTest {
    private static final String HEAD = "POST /echo HTTP/1.1\r\nHost: h\r\n";

    /** Answers with the body and what thread it was; quick where all of the body is there. */
    private static final class Echo implements HttpListener.Handling {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public boolean isQuick(HttpRequest request) {
            boolean isQuick = request.isHere(100);
            asked.incrementAndGet();
            return isQuick;
        }

        @Override
        public void handle(HttpRequest request, HttpAnswer answer) throws IOException {
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            var _ = request.body().transferTo(said);
            said.writeBytes(
                    (Thread.currentThread().isVirtual() ? " slowly" : " quickly")
                            .getBytes(US_ASCII));
            answer.send(said.toByteArray());
        }
    }

    private static HttpListener open(int connectionsMax, HttpListener.Handling handling) {
        return new HttpListener("port", "127.0.0.1", 0, null, connectionsMax, handling);
    }

    private static Socket connect(HttpListener listener) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(US_ASCII));
        out.flush();
    }

    /**
     * Reads until it ends with that, or the server closes. It must be nothing that a head may have,
     * as letters alone are: a request's id is random.
     */
    private static String read(Socket socket, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = 0; next >= 0 && text.indexOf(end) < 0; ) {
            next = socket.getInputStream().read();
            text.append(next < 0 ? "" : String.valueOf((char) next));
        }
        return text.toString();
    }

    @Test
    void aBodyThatHasComeIsAnsweredByTheThreadThatReads() throws Exception {
        try (HttpListener listener = open(10, new Echo());
                Socket socket = connect(listener)) {
            send(socket, HEAD + "Content-Length: 5\r\n\r\nhello");
            assertTrue(read(socket, " quickly").endsWith("hello quickly"));
        }
    }

    @Test
    void whoeverHasToWaitForABodyIsAnotherThread() throws Exception {
        Echo echo = new Echo();
        try (HttpListener listener = open(10, echo);
                Socket socket = connect(listener)) {
            send(socket, HEAD + "Content-Length: 5\r\n\r\nhe");
            await().until(() -> echo.asked.get() == 1);
            send(socket, "llo");
            assertTrue(read(socket, " slowly").endsWith("hello slowly"));
        }
    }

    @Test
    void requestsOnOneConnectionAreAnsweredInTheirOrder() throws Exception {
        try (HttpListener listener = open(10, new Echo());
                Socket socket = connect(listener)) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                String body = i % 2 == 0 ? "no." + (10 + i) : ("no." + (10 + i)).repeat(30);
                requests.append(HEAD + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            }
            send(socket, requests.toString());
            for (int i = 0; i < 20; i++) {
                String answer = read(socket, i % 2 == 0 ? " quickly" : " slowly");
                assertTrue(answer.contains("no." + (10 + i)), i + ": " + answer);
            }
        }
    }

    @Test
    void aBodyThatIsHeldBackIsAskedFor() throws Exception {
        try (HttpListener listener = open(10, new Echo());
                Socket socket = connect(listener)) {
            send(socket, HEAD + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertTrue(read(socket, "\r\n\r\n").startsWith("HTTP/1.1 100 "));
            send(socket, "hello");
            assertTrue(read(socket, " slowly").endsWith("hello slowly"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
                "Content-Length: five\r\n\r\nhello",
            })
    void aBodyThatBreaksHttpIsToldSo(String rest) throws Exception {
        try (HttpListener listener = open(10, new Echo());
                Socket socket = connect(listener)) {
            send(socket, HEAD + rest);
            String answer = read(socket, "\"}");
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertTrue(answer.contains("/problems/http"), answer);
        }
    }

    /** What never gets to the handler: the answer says what is wrong, and has its name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PRI * HTTP/2.0||426|http-version|HTTP/1.1",
                "GET / HTTP/9.9||505|http-version|HTTP/1.1",
                "GET / HTTP/1.1|X: LONG|431|head-too-large|16384",
                "GET /LONG HTTP/1.1||414|uri-too-long|16384",
                "POST / HTTP/1.1|Expect: tea|417|expect|100-continue",
                "GET / HTTP/1.1|Host: h|400|http|Host",
                "GET / HTTP/1.1|no colon|400|http|:",
                "POST / HTTP/1.1|Transfer-Encoding: gzip, chunked|501|transfer-encoding|chunked",
                "POST / HTTP/1.1|Transfer-Encoding: rot13, chunked|501|transfer-encoding|chunked",
                "POST / HTTP/1.0|Transfer-Encoding: chunked|400|transfer-encoding|HTTP/1.0",
                "GET / HTTP/1.1|Transfer-Encoding: gzip, chunked|501|transfer-encoding|chunked",
            })
    void whatIsWrongIsNamed(String line, String header, int status, String type, String said)
            throws Exception {
        try (HttpListener listener = open(10, new Echo());
                Socket socket = connect(listener)) {
            String head =
                    line
                            + "\r\nHost: h\r\nX-Request-Id: order-7\r\n"
                            + (header == null ? "" : header + "\r\n");
            send(socket, head.replace("LONG", "y".repeat(20_000)) + "\r\n");
            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
            assertTrue(answer.contains("\"type\":\"/problems/" + type + "\""), answer);
            assertTrue(answer.substring(answer.indexOf("\"detail\"")).contains(said), answer);
            assertTrue(answer.contains("\r\nX-Request-Id: "), answer);
            assertEquals(status == 426, answer.contains("\r\nUpgrade: HTTP/1.1\r\n"), answer);
        }
    }

    /** RFC 9112, section 3.2.2: what the target says counts, whatever Host says. */
    @ParameterizedTest
    @ValueSource(strings = {"http://h/echo", "http://other:81/echo", "HTTPS://h/echo"})
    void aTargetMayBeAWholeUrl(String target) throws Exception {
        HttpListener.Handling saying =
                (request, answer) -> answer.send((request.path() + ".").getBytes(US_ASCII));
        try (HttpListener listener = open(10, saying);
                Socket socket = connect(listener)) {
            send(socket, "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
            assertTrue(read(socket, "\r\n\r\n").startsWith("HTTP/1.1 200 "));
            assertEquals("/echo.", read(socket, "."));
        }
    }

    @Test
    void everyAnswerHasTheNameOfItsRequest() throws Exception {
        try (HttpListener listener = open(10, new Echo());
                Socket socket = connect(listener)) {
            send(socket, HEAD + "X-Request-Id: order-7\r\nContent-Length: 1\r\n\r\nx");
            assertTrue(read(socket, " quickly").contains("\r\nX-Request-Id: order-7\r\n"));
            send(socket, HEAD + "X-Request-Id: not allowed\r\nContent-Length: 1\r\n\r\nx");
            String answer = read(socket, "\r\n\r\n"); // a name of ours may end in anything
            assertTrue(answer.matches("(?s).*\r\nX-Request-Id: [0-9a-z]+\r\n.*"), answer);
        }
    }

    @Test
    void anotherEncodingThanGzipIsToldSo() throws Exception {
        try (HttpListener listener = open(10, new Echo());
                Socket socket = connect(listener)) {
            send(socket, HEAD + "Content-Encoding: br\r\nContent-Length: 5\r\n\r\nhello");
            String answer = read(socket, "\"Content-Encoding\"}");
            assertTrue(answer.startsWith("HTTP/1.1 415 "), answer);
        }
    }

    /** The answer does not wait for the body, and the next request is not taken for it. */
    @Test
    void aBodyThatNobodyWantsIsLeftOut() throws Exception {
        HttpListener.Handling reading = (_, answer) -> answer.send("no".getBytes(US_ASCII));
        try (HttpListener listener = open(10, reading);
                Socket socket = connect(listener)) {
            for (int i = 0; i < 2; i++) {
                send(socket, HEAD + "Content-Length: 1000000\r\n\r\n");
                assertTrue(read(socket, "\r\n\r\nno").startsWith("HTTP/1.1 200 "), "no. " + i);
                send(socket, "x".repeat(1_000_000));
            }
        }
    }

    @Test
    void valuesKeepTheirCase() throws Exception {
        HttpListener.Handling saying =
                (request, answer) ->
                        answer.send((request.header("Content-Type") + ".").getBytes(US_ASCII));
        try (HttpListener listener = open(10, saying);
                Socket socket = connect(listener)) {
            for (String type : List.of("text/plain;charset=utf-8", "Text/PLAIN;charset=UTF-8")) {
                send(socket, HEAD + "Content-Type: " + type + "\r\nContent-Length: 0\r\n\r\n");
                assertTrue(read(socket, ".").startsWith("HTTP/1"));
                assertTrue(read(socket, "8.").endsWith(type + "."), type);
            }
        }
    }

    @Test
    void whatFailsLaterIsAnsweredToo() throws Exception {
        CompletableFuture<String> known = new CompletableFuture<>();
        AtomicInteger ended = new AtomicInteger();
        HttpListener.Handling later =
                (_, answer) -> {
                    answer.whenEnded(ended::set);
                    answer.when(known, text -> answer.send(text.getBytes(US_ASCII)));
                };
        try (HttpListener listener = open(10, later);
                Socket socket = connect(listener)) {
            send(socket, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertFalse(known.isDone());
            known.completeExceptionally(new IllegalStateException("of a kind nobody thought of"));
            String answer = read(socket, "\"}");
            assertTrue(answer.startsWith("HTTP/1.1 500 "), answer);
            assertFalse(answer.contains("thought of"), answer);
        }
        assertEquals(500, ended.get());
    }

    /** The kernel takes them, and nobody answers until there is room. */
    @Test
    void connectionsAboveTheLimitWait() throws Exception {
        try (HttpListener listener = open(2, new Echo());
                Socket first = connect(listener);
                Socket second = connect(listener)) {
            for (Socket socket : new Socket[] {first, second}) {
                send(socket, HEAD + "Content-Length: 1\r\n\r\nx");
                assertTrue(read(socket, " quickly").endsWith("x quickly"));
            }
            try (Socket third = connect(listener)) {
                send(third, HEAD + "Content-Length: 1\r\n\r\ny");
                third.setSoTimeout(200);
                assertThrows(SocketTimeoutException.class, () -> read(third, " quickly"));
                first.shutdownOutput();
                third.setSoTimeout(10_000);
                assertTrue(read(third, " quickly").endsWith("y quickly"));
            }
        }
    }

    /** As many as come in the same moment: none is reset. */
    @Test
    void aCrowdAboveTheLimitWaits() throws Exception {
        List<Socket> crowd = new ArrayList<>();
        try (HttpListener listener = open(10, new Echo())) {
            for (int i = 0; i < 50; i++) {
                crowd.add(connect(listener));
            }
            for (Socket socket : crowd) {
                send(socket, HEAD + "Content-Length: 1\r\nConnection: close\r\n\r\nx");
            }
            for (Socket socket : crowd) {
                assertTrue(read(socket, " quickly").contains("x quickly"));
            }
        } finally {
            for (Socket socket : crowd) {
                socket.close();
            }
        }
    }

    private static Socket connect(HttpListener listener, String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Connections that keep quiet, or dribble, are not worth more than another one's request. */
    @ParameterizedTest
    @ValueSource(strings = {"", "POST /echo HT", HEAD + "Content-Length: 1\r\n\r\nx"})
    void anAddressThatHasAllConnectionsMakesRoomForOthers(String said) throws Exception {
        List<Socket> greedy = new ArrayList<>();
        try (HttpListener listener = open(10, new Echo())) {
            for (int i = 0; i < 30; i++) {
                Socket socket = connect(listener, "127.0.0.2");
                send(socket, said);
                greedy.add(socket);
            }
            for (int i = 0; i < 5; i++) {
                try (Socket honest = connect(listener, "127.0.0.3")) {
                    send(honest, HEAD + "Content-Length: 1\r\n\r\ny");
                    assertTrue(read(honest, " quickly").endsWith("y quickly"), "no. " + i);
                }
            }
        } finally {
            for (Socket socket : greedy) {
                socket.close();
            }
        }
    }

    @Test
    void aRequestUnderWayIsNotClosedForOthers() throws Exception {
        CompletableFuture<String> known = new CompletableFuture<>();
        AtomicInteger asked = new AtomicInteger();
        HttpListener.Handling later =
                (_, answer) -> {
                    asked.incrementAndGet();
                    answer.when(known, text -> answer.send(text.getBytes(US_ASCII)));
                };
        try (HttpListener listener = open(2, later);
                Socket first = connect(listener, "127.0.0.2");
                Socket second = connect(listener, "127.0.0.2")) {
            send(first, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            send(second, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            await().until(() -> asked.get() == 2);
            try (Socket other = connect(listener, "127.0.0.3")) {
                send(other, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                other.setSoTimeout(1_500);
                assertThrows(SocketTimeoutException.class, () -> read(other, "known"));
                known.complete("known");
                assertTrue(read(first, "known").endsWith("known"));
                assertTrue(read(second, "known").endsWith("known"));
                other.setSoTimeout(10_000);
                assertTrue(read(other, "known").endsWith("known"));
            }
        }
    }

    /** Half of TLS's handshake is a head that does not come, too. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHeadThatDoesNotComeIsNotWaitedFor(boolean isTls) throws Exception {
        SSLContext tls = isTls ? SSLContext.getDefault() : null;
        try (HttpListener listener =
                new HttpListener(
                        "port", "127.0.0.1", 0, tls, 10, Duration.ofSeconds(1), new Echo())) {
            for (String begin :
                    List.of("", isTls ? "\u0016\u0003\u0001" : "POST /echo HTTP/1.1\r\nHos")) {
                try (Socket socket = connect(listener)) {
                    send(socket, begin);
                    var _ = socket.getInputStream().readAllBytes(); // to its end: an alert
                }
            }
        }
    }

    @Test
    void aHeadThatComesByteByByteIsNotWaitedFor() throws Exception {
        try (HttpListener listener =
                        new HttpListener(
                                "port",
                                "127.0.0.1",
                                0,
                                null,
                                10,
                                Duration.ofSeconds(1),
                                new Echo());
                Socket socket = connect(listener)) {
            send(socket, HEAD + "Content-Length: 1\r\n\r\nx"); // a first one, as it should be
            assertTrue(read(socket, " quickly").endsWith("x quickly"));
            await().pollInterval(Duration.ofMillis(100)).until(() -> isClosedAfter(socket, "A"));
        }
    }

    /** A connection between two requests waits much longer. */
    @Test
    void aConnectionBetweenRequestsIsKept() throws Exception {
        try (HttpListener listener =
                        new HttpListener(
                                "port",
                                "127.0.0.1",
                                0,
                                null,
                                10,
                                Duration.ofMillis(200),
                                new Echo());
                Socket kept = connect(listener);
                Socket silent = connect(listener)) {
            send(kept, HEAD + "Content-Length: 1\r\n\r\nx");
            assertTrue(read(kept, " quickly").endsWith("x quickly"));
            assertEquals(-1, silent.getInputStream().read()); // it would be by now
            send(kept, HEAD + "Content-Length: 1\r\n\r\ny");
            assertTrue(read(kept, " quickly").endsWith("y quickly"));
        }
    }

    private static boolean isClosedAfter(Socket socket, String text) {
        try {
            send(socket, text);
            socket.setSoTimeout(1);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
