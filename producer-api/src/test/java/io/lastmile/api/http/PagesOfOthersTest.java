package io.lastmile.api.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.node.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser sends on behalf of the page that it shows, to a port that asks for no key. */
class PagesOfOthersTest {
    private static final String EVIL = "Origin: http://evil.example\r\n";

    private final RunningApi api =
            new RunningApi(
                    true,
                    new Access(null, List.of("lastmile.shop.example"), Clock.system()),
                    new Cors(List.of("https://shop.example")));

    @AfterEach
    void close() {
        api.close();
    }

    private String status(String request, String headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            (request + " HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n")
                                    .getBytes(US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), US_ASCII).substring(9);
        }
    }

    private String host() {
        return "Host: 127.0.0.1:" + api.port() + "\r\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /v1/devices/victim/messages",
                "POST /v1/devices/victim/disconnect",
                "POST /v1/replays",
                "DELETE /v1/devices/victim",
                "PUT /v1/devices/victim/revocation",
                "GET /v1/devices/victim/trace",
                "GET /v1/receipts",
                "OPTIONS /v1/messages",
                "GET /console",
            })
    void noPageOfElsewhereMayCall(String request) throws Exception {
        assertEquals("403", status(request, host() + EVIL + "Content-Type: text/plain\r\n"));
        assertEquals("403", status(request, host() + "Origin: null\r\n"));
        assertEquals("421", status(request, "Host: evil.example\r\n"));
        assertEquals("421", status(request, "Host: evil.example\r\n" + EVIL));
        assertEquals(List.of(), api.kafka.history());
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1, 202",
        "http://localhost:3000, 202",
        "http://[::1]:3000, 202",
        "http://app.localhost, 202",
        "https://shop.example, 202",
        "https://lastmile.shop.example, 403",
        "https://shop.example.evil.example, 403",
        "http://127.0.0.1.evil.example, 403",
        "http://localhost.evil.example, 403",
        "http://evil.example#127.0.0.1, 403",
        "http://127.0.0.1@evil.example, 403",
        "file://, 403",
        "http://192.168.0.7, 403",
    })
    void pagesOfThisMachineMayAndThoseThatAreConfigured(String origin, String status)
            throws Exception {
        String headers = host() + "Content-Length: 0\r\nOrigin: " + origin + "\r\n";
        assertEquals(status, status("POST /v1/devices/d/messages", headers));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 202",
        "localhost:8080, 202",
        "LOCALHOST, 202",
        "[::1]:8080, 202",
        "192.168.0.7, 202",
        "api:8080, 202",
        "lastmile.shop.example:8080, 202",
        "other.shop.example, 421",
        "127.0.0.1.evil.example, 421",
        "1.2.3.evil, 421",
    })
    void namesOfThisMachineCountAndThoseThatAreConfigured(String host, String status)
            throws Exception {
        String headers = "Host: " + host + "\r\nContent-Length: 0\r\n";
        assertEquals(status, status("POST /v1/devices/d/messages", headers));
    }

    /** The console's own requests, where the API is reached by a configured name. */
    @ParameterizedTest
    @CsvSource({
        "https://lastmile.shop.example, 202",
        "https://lastmile.shop.example:444, 403",
    })
    void aPageOfTheApiItselfMay(String origin, String status) throws Exception {
        String host = "Host: lastmile.shop.example\r\nContent-Length: 0\r\nOrigin: ";
        assertEquals(status, status("POST /v1/devices/d/messages", host + origin + "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Type: text/plain\r\n", "Content-Type: text/json\r\n"})
    void aReplayIsAskedForInJson(String type) throws Exception {
        String headers = host() + type + "Content-Length: 2\r\n\r\n{}";
        assertEquals("415", status("POST /v1/replays", headers));
    }
}
