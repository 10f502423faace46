package io.lastmile.api.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One caller asks for all there is, and others are served all the same. */
class AdmissionTest {
    private static final String POST =
            "POST /v1/devices/d/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n";

    private static final String HALF_A_LINE =
            POST.replace("/devices/d/", "/")
                    + "Content-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n{\"dev";

    private final RunningApi api = new RunningApi(true);
    private final List<Socket> greedy = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : greedy) {
            socket.close();
        }
        api.close();
    }

    /** A request of an address of its own: callers are told apart by it where there are no keys. */
    private Socket send(String from, String text) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.port()));
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        greedy.add(socket);
        return socket;
    }

    private static String status(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(12), US_ASCII);
    }

    private void othersArePosted() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertEquals(202, api.post("honest", "x").statusCode(), "no. " + i);
        }
    }

    @Test
    void headsWithoutBodiesTakeNothingOfOthers() throws Exception {
        for (int i = 0; i < 400; i++) {
            var _ = send("127.0.0.2", POST + "Content-Length: 1000\r\n\r\n");
        }
        await().until(() -> api.admission.bodyBytes() > 0);
        othersArePosted();
    }

    @Test
    void halfBodiesTakeNothingOfOthers() throws Exception {
        for (int i = 0; i < 400; i++) {
            var _ = send("127.0.0.2", POST + "Content-Length: 1000\r\n\r\n" + "x".repeat(999));
        }
        await().until(() -> api.admission.bodyBytes() > 0);
        othersArePosted();
    }

    /** What a batch has begun to send is kept too. */
    @Test
    void halfLinesTakeNothingOfOthers() throws Exception {
        for (int i = 0; i < 100; i++) {
            var _ = send("127.0.0.2", HALF_A_LINE);
        }
        await().until(() -> api.admission.bodyBytes() > 0);
        othersArePosted();
        assertTrue(api.admission.bodyBytes() <= RunningApi.IN_FLIGHT_BYTES_MAX);
    }

    @Test
    void aBodyThatDoesNotComeIsNotWaitedForLong() throws Exception {
        long begunNs = System.nanoTime();
        Socket silent = send("127.0.0.2", POST + "Content-Length: 1000\r\n\r\n");
        assertEquals("HTTP/1.1 408", status(silent));
        assertTrue(System.nanoTime() - begunNs < 15_000_000_000L, "half of what it was");
        await().until(() -> api.admission.bodyBytes() == 0);
    }

    @Test
    void aBodyThatComesByteByByteIsNotWaitedForLong() throws Exception {
        Socket slow = send("127.0.0.2", POST + "Content-Length: 1000\r\n\r\n");
        Thread writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (int i = 0; i < 200; i++) {
                                    slow.getOutputStream().write('x');
                                    Thread.sleep(100);
                                }
                            } catch (IOException | InterruptedException e) {
                                return; // closed
                            }
                        });
        assertEquals("HTTP/1.1 408", status(slow));
        writer.interrupt();
        writer.join();
    }

    @Test
    void requestsUnderWayAreShared() throws Exception {
        long half = api.admission.requests().size() / 2;
        for (int i = 0; i < half; i++) {
            assertTrue(api.admission.requests().take("127.0.0.1", 1));
        }
        assertEquals(202, api.post("d", "x").statusCode());
        await().until(() -> api.admission.requests().taken() == half); // it ended
        for (long i = half; api.admission.requests().take("127.0.0.1", 1); i++) {
            assertTrue(i < api.admission.requests().size());
        }
        var busy = api.post("d", "x");
        assertEquals(503, busy.statusCode());
        assertEquals("1", busy.headers().firstValue("retry-after").orElse(""));
        assertEquals(
                "HTTP/1.1 202", status(send("127.0.0.2", POST + "Content-Length: 1\r\n\r\nx")));
    }
}
