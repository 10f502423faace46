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
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The port as a client sees it that sends byte after byte what it wants to. */
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

    /** Reads until it ends with that, or the server closes. */
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
            assertTrue(read(socket, "ly").endsWith("hello quickly"));
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
            assertTrue(read(socket, "ly").endsWith("hello slowly"));
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
                String answer = read(socket, "ly");
                assertTrue(answer.contains("no." + (10 + i)), i + ": " + answer);
                assertTrue(answer.endsWith(i % 2 == 0 ? "quickly" : "slowly"), answer);
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
            assertTrue(read(socket, "ly").endsWith("hello slowly"));
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
            String answer = read(socket, "expected\"}");
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertTrue(answer.contains("/problems/http"), answer);
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
                assertTrue(read(socket, "ly").endsWith("x quickly"));
            }
            try (Socket third = connect(listener)) {
                send(third, HEAD + "Content-Length: 1\r\n\r\ny");
                third.setSoTimeout(200);
                assertThrows(SocketTimeoutException.class, () -> read(third, "ly"));
                first.shutdownOutput();
                third.setSoTimeout(10_000);
                assertTrue(read(third, "ly").endsWith("y quickly"));
            }
        }
    }
}
