package io.lastmile.edge.socket;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Metrics;
import io.lastmile.node.SettingsException;
import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TLS, WebSocket and the proxy protocol, with the JDK's clients. Long because each of them has many
 * rules, over one set of listeners.
 */
class ListenersTest {
    private static final ArrivalLimits LIMITS = new ArrivalLimits(10_000, 100, 100);

    @TempDir private static Path folder;
    private static CertificateFiles edge;
    private static CertificateFiles device;

    private @Nullable Sockets sockets;

    @BeforeAll
    static void certificates() throws Exception {
        edge = CertificateFiles.make(folder, "edge");
        device = CertificateFiles.make(folder, "phone-1");
        edge.write(folder.resolve("edge.pem"), folder.resolve("edge.key"));
        device.write(folder.resolve("device.pem"), folder.resolve("device.key"));
    }

    @AfterEach
    void stop() {
        if (sockets != null) {
            sockets.close();
        }
    }

    private int listen(Transport transport, boolean proxied, @Nullable Path deviceCa) {
        Path own = Files.exists(folder.resolve("own.pem")) ? folder.resolve("own.pem") : null;
        TlsSettings tls =
                new TlsSettings(
                        own != null ? own : folder.resolve("edge.pem"),
                        own != null ? folder.resolve("own.key") : folder.resolve("edge.key"),
                        deviceCa);
        Duration wait = Duration.ofSeconds(30);
        Sockets opened =
                new Sockets(
                        new SocketSettings(1, 128, wait, 65_536, proxied, LIMITS, tls),
                        System::nanoTime,
                        new Metrics());
        sockets = opened;
        return opened.listen("127.0.0.1", 0, transport, Peer.each(Echo::new));
    }

    /** Says what it hears, before it who says it; a dot ends the connection. */
    private record Echo(Connection connection) implements Peer {
        @Override
        public void received(ByteBuf bytes) {
            String text = bytes.readCharSequence(bytes.readableBytes(), US_ASCII).toString();
            String name;
            try {
                X509Certificate shown = connection.certificate();
                name = shown == null ? "" : shown.getSubjectX500Principal().getName() + " ";
            } catch (CertificateException e) {
                name = "ended ";
            }
            String answer = text.startsWith("who") ? connection.remote() : name + text;
            connection.write(connection.buffers().buffer().writeBytes(answer.getBytes(US_ASCII)));
            connection.flush();
            if (text.endsWith(".")) {
                connection.end();
            }
        }

        @Override
        public void flushed() {}

        @Override
        public void swept(long nanoTime) {}

        @Override
        public void stalled() {}

        @Override
        public void closed(boolean broken) {}
    }

    private static String said(Socket socket, String text) throws IOException {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }

    private static SSLSocket secure(int port, String protocol) throws Exception {
        SSLContext context = device.client(edge);
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setEnabledProtocols(new String[] {protocol});
        return socket;
    }

    @Test
    void bothVersionsOfTlsAreSpokenAndEndInOrder() throws Exception {
        int port = listen(Transport.TLS, false, null);
        for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
            try (SSLSocket socket = secure(port, version)) {
                assertEquals("hello.", said(socket, "hello."));
                assertEquals(version, socket.getSession().getProtocol());
            }
        }
        await().until(() -> sockets != null && sockets.open() == 0);
    }

    @Test
    void aDeviceShowsItsCertificateAndIsRefusedWithout() throws Exception {
        int port = listen(Transport.TLS, false, folder.resolve("device.pem"));
        try (SSLSocket socket = secure(port, "TLSv1.3")) {
            assertEquals("CN=phone-1 hello.", said(socket, "hello."));
        }
        SSLContext stranger = edge.client(edge);
        try (Socket socket =
                stranger.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            assertThrows(IOException.class, () -> said(socket, "hello."));
        }
    }

    @Test
    void aNewCertificateIsTakenWithoutARestart() throws Exception {
        Files.copy(folder.resolve("edge.pem"), folder.resolve("own.pem"));
        Files.copy(folder.resolve("edge.key"), folder.resolve("own.key"));
        try {
            int port = listen(Transport.TLS, false, null);
            try (SSLSocket stays = secure(port, "TLSv1.3")) {
                stays.startHandshake();
                // The certificate comes before its key: together they are of no use.
                device.write(folder.resolve("own.pem"), folder.resolve("new.key"));
                Files.move(
                        folder.resolve("new.key"),
                        folder.resolve("own.key"),
                        StandardCopyOption.REPLACE_EXISTING);
                await().atMost(20, TimeUnit.SECONDS).until(() -> isRefusedByWhoKnowsTheOld(port));
                assertEquals("still here.", said(stays, "still here."));
            }
        } finally {
            Files.delete(folder.resolve("own.pem"));
            Files.delete(folder.resolve("own.key"));
        }
    }

    private static boolean isRefusedByWhoKnowsTheOld(int port) throws Exception {
        try (SSLSocket socket = secure(port, "TLSv1.3")) {
            socket.startHandshake();
            return false;
        } catch (SSLException e) {
            return true;
        }
    }

    @Test
    void aCertificateThatHasEndedDoesNotComeBackWithAResumedSession() throws Exception {
        CertificateFiles brief = CertificateFiles.endingIn(8, folder, "phone-2");
        brief.writeAuthority(folder.resolve("authority.pem"));
        int port = listen(Transport.TLS, false, folder.resolve("authority.pem"));
        Map<String, SSLContext> clients = new LinkedHashMap<>();
        for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
            SSLContext client = brief.client(edge);
            clients.put(version, client);
            assertEquals("CN=phone-2 hello.", said(client, port, version));
            assertEquals("CN=phone-2 hello.", said(client, port, version), "resumed");
        }
        X509Certificate certificate = brief.certificate();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> certificate.getNotAfter().toInstant().isBefore(Instant.now()));
        for (Map.Entry<String, SSLContext> client : clients.entrySet()) {
            assertEquals("ended hello.", said(client.getValue(), port, client.getKey()));
            SSLContext another = brief.client(edge);
            assertThrows(IOException.class, () -> said(another, port, client.getKey()), "in full");
        }
    }

    private static String said(SSLContext client, int port, String version) throws IOException {
        try (SSLSocket socket = open(client, port, version)) {
            return said(socket, "hello.");
        }
    }

    private static SSLSocket open(SSLContext client, int port, String version) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        client.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setEnabledProtocols(new String[] {version});
        return socket;
    }

    @Test
    void nobodyShakesHandsAgainWithinAConnection() throws Exception {
        int port = listen(Transport.TLS, false, null);
        try (SSLSocket socket = open(device.client(edge), port, "TLSv1.2")) {
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            assertThrows(
                    IOException.class,
                    () -> {
                        socket.startHandshake();
                        said(socket, "hello.");
                    });
        }
    }

    @Test
    void aPairThatIsNoneIsRefusedAtTheStartAndChangesNothingLater() throws Exception {
        Path certificate = folder.resolve("pair.pem");
        Path key = folder.resolve("pair.key");
        edge.write(certificate, key);
        Certificates certificates = new Certificates(new TlsSettings(certificate, key, null));
        assertEquals(edge.certificate(), certificates.own());
        Files.copy(folder.resolve("device.key"), key, StandardCopyOption.REPLACE_EXISTING);
        certificates.lookAgain();
        assertEquals(edge.certificate(), certificates.own(), "between the two writes");
        SettingsException e =
                assertThrows(
                        SettingsException.class,
                        () -> new Certificates(new TlsSettings(certificate, key, null)));
        assertEquals("edge.tls.key", e.key());
        assertTrue(String.valueOf(e.getMessage()).contains(certificate.toString()), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains(key.toString()), e.getMessage());
        Files.copy(folder.resolve("device.pem"), certificate, StandardCopyOption.REPLACE_EXISTING);
        certificates.lookAgain();
        assertEquals(device.certificate(), certificates.own());
    }

    @Test
    void aFileOfAuthoritiesThatIsEmptyForAMomentLetsNobodyInWithoutACertificate() throws Exception {
        Path authorities = folder.resolve("authorities.pem");
        Files.writeString(authorities, "");
        TlsSettings settings =
                new TlsSettings(
                        folder.resolve("edge.pem"), folder.resolve("edge.key"), authorities);
        SettingsException e =
                assertThrows(SettingsException.class, () -> new Certificates(settings));
        assertEquals("edge.tls.device-ca", e.key());
    }

    @Test
    void filesThatAreNoCertificateAreRefusedByName() throws IOException {
        Path none = Files.writeString(folder.resolve("none.pem"), "nothing");
        SettingsException e =
                assertThrows(
                        SettingsException.class,
                        () -> new Certificates(new TlsSettings(none, none, null)));
        assertEquals("edge.tls.certificate", e.key());
        SettingsException absent =
                assertThrows(
                        SettingsException.class,
                        () ->
                                new Certificates(
                                        new TlsSettings(
                                                folder.resolve("edge.pem"),
                                                folder.resolve("absent"),
                                                null)));
        assertEquals("edge.tls.key", absent.key());
    }

    /** What came, until the other end closed. */
    private static final class Heard implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket socket, ByteBuffer bytes, boolean last) {
            text.append(US_ASCII.decode(bytes));
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.countDown();
            return null;
        }
    }

    @Test
    void aWebSocketFrameOfTextClosesTheConnection() throws Exception {
        int port = listen(Transport.WEBSOCKET, false, null);
        WebSocket socket =
                open(Transport.WEBSOCKET, port, "/mqtt", new Heard()).get(10, TimeUnit.SECONDS);
        assertEquals(1, sockets == null ? 0 : sockets.open());
        var _ = socket.sendText("hello.", true);
        await().until(() -> sockets != null && sockets.open() == 0);
    }

    private static CompletableFuture<WebSocket> open(
            Transport transport, int port, String path, Heard heard) throws Exception {
        String scheme = transport == Transport.WEBSOCKET ? "ws" : "wss";
        HttpClient client = HttpClient.newBuilder().sslContext(device.client(edge)).build();
        return client.newWebSocketBuilder()
                .subprotocols("mqtt")
                .connectTimeout(Duration.ofSeconds(10))
                .buildAsync(URI.create(scheme + "://127.0.0.1:" + port + path), heard);
    }

    @Test
    void webSocketsCarryBytesInFramesOfAnyLength() throws Exception {
        for (Transport transport :
                new Transport[] {Transport.WEBSOCKET, Transport.SECURE_WEBSOCKET}) {
            int port = listen(transport, false, null);
            Heard heard = new Heard();
            WebSocket socket = open(transport, port, "/mqtt", heard).get(10, TimeUnit.SECONDS);
            assertEquals("mqtt", socket.getSubprotocol());
            socket.sendBinary(US_ASCII.encode("hel"), false).get(10, TimeUnit.SECONDS);
            socket.sendBinary(US_ASCII.encode("lo."), true).get(10, TimeUnit.SECONDS);
            heard.closed.await(10, TimeUnit.SECONDS);
            assertEquals("hello.", heard.text.toString());
            stop();
        }
    }

    /** The answer to the head of an upgrade, or to as much of it as is read. */
    private static String answer(int port, String requestLine, String more) throws IOException {
        String head =
                requestLine
                        + "\r\nHost: edge\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n"
                        + more
                        + "\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head.getBytes(US_ASCII));
            StringBuilder answer = new StringBuilder();
            for (int c = 0; c >= 0 && answer.indexOf("\r\n\r\n") < 0; ) {
                c = socket.getInputStream().read();
                answer.append(c < 0 ? "" : (char) c);
            }
            return answer.toString().toLowerCase(Locale.ROOT);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /mqtt HTTP/1.1, 101",
        "GET /mqtt? HTTP/1.1, 101",
        "GET /mqtt?token=x HTTP/1.1, 101",
        "GET http://edge:8083/mqtt HTTP/1.1, 101",
        "GET ws://edge/mqtt?a=/else HTTP/1.1, 101",
        "GET /else HTTP/1.1, 404",
        "GET /mqtts HTTP/1.1, 404",
        "GET /?/mqtt HTTP/1.1, 404",
        "GET http://edge/else HTTP/1.1, 404",
        "GET http://edge HTTP/1.1, 404",
        "GET http://mqtt HTTP/1.1, 404",
        "POST /mqtt HTTP/1.1, 405",
        "nonsense, 400",
    })
    void theEndpointIsFoundByItsPath(String requestLine, int status) throws Exception {
        int port = listen(Transport.WEBSOCKET, false, null);
        String answer = answer(port, requestLine, "");
        assertTrue(answer.startsWith("http/1.1 " + status + " "), answer);
        assertEquals(status == 101, answer.contains("sec-websocket-protocol: mqtt\r\n"), answer);
        await().until(() -> sockets != null && sockets.open() == 0);
    }

    @Test
    void aHeadThatIsTooLongIsToldSo() throws Exception {
        int port = listen(Transport.WEBSOCKET, false, null);
        for (int bytes : new int[] {9_000, 100_000}) {
            String cookie = "Cookie: a=" + "x".repeat(bytes) + "\r\n";
            String answer = answer(port, "GET /mqtt HTTP/1.1", cookie);
            assertTrue(answer.startsWith("http/1.1 431 "), answer);
            assertTrue(answer.contains("connection: close"), answer);
        }
        String line = answer(port, "GET /mqtt?" + "x".repeat(9_000) + " HTTP/1.1", "");
        assertTrue(line.startsWith("http/1.1 414 "), line);
        String fits = answer(port, "GET /mqtt HTTP/1.1", "Cookie: " + "x".repeat(7_000) + "\r\n");
        assertTrue(fits.startsWith("http/1.1 101 "), fits);
        await().until(() -> sockets != null && sockets.open() == 0);
    }

    @Test
    void whoAsksForAPageIsToldToUpgrade() throws Exception {
        int port = listen(Transport.WEBSOCKET, false, null);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String answer = said(socket, "GET /mqtt HTTP/1.1\r\nHost: edge\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 426 "), answer);
            assertTrue(answer.contains("upgrade: websocket\r\n"), answer);
        }
    }

    @Test
    void pagesOfOtherOriginsAreRefused() throws Exception {
        int port = listen(Transport.WEBSOCKET, false, null);
        for (String own : List.of("http://localhost:3000", "http://127.0.0.1:" + port)) {
            String answer = answer(port, "GET /mqtt HTTP/1.1", "Origin: " + own + "\r\n");
            assertTrue(answer.startsWith("http/1.1 101 "), own);
        }
        for (String other :
                List.of("https://evil.example", "null", "http://localhost.evil.example", "")) {
            String answer = answer(port, "GET /mqtt HTTP/1.1", "Origin: " + other + "\r\n");
            assertTrue(answer.startsWith("http/1.1 403 "), other + " " + answer);
        }
        String two = "Origin: http://localhost\r\nOrigin: https://evil.example\r\n";
        String answer = answer(port, "GET /mqtt HTTP/1.1", two);
        assertTrue(answer.startsWith("http/1.1 403 "), answer);
    }

    @Test
    void aLoadBalancersWordIsTakenForWhoIsConnected() throws Exception {
        int port = listen(Transport.TCP, true, null);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            byte[] header = {
                '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n', 0x21, 0x11, 0, 12,
                10, 1, 2, 3, 127, 0, 0, 1, 0x30, 0x39, 0x07, 0x5b
            };
            socket.getOutputStream().write(header);
            assertEquals("/10.1.2.3:12345", said(socket, "who."));
        }
        try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertNotEquals("hello.", said(stranger, "hello there, I am nobody's proxy.\r\n"));
        }
    }
}
