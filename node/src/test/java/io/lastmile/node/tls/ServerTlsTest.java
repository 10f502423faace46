package io.lastmile.node.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.HttpListener;
import io.lastmile.node.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerTlsTest {
    private static final char[] PASSWORD = "secret-of-test".toCharArray();

    @TempDir private Path temp;
    private final AtomicLong nanos = new AtomicLong();
    private final Clock clock =
            new Clock() {
                @Override
                public long nowMs() {
                    return 0;
                }

                @Override
                public long nanoTime() {
                    return nanos.get();
                }
            };

    private Path certificate() {
        return temp.resolve("tls.crt");
    }

    private Path key() {
        return temp.resolve("tls.key");
    }

    /** Makes a new self-signed pair in the two files; what trusts it. */
    private SSLContext newPair(String algorithm) throws Exception {
        Path store = temp.resolve("pair-" + nanos.get() + algorithm + ".p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process made =
                new ProcessBuilder(
                                keytool.toString(),
                                "-genkeypair",
                                "-alias",
                                "a",
                                "-keyalg",
                                algorithm,
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=dns:localhost,ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, made.waitFor(), said);
        KeyStore pair = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            pair.load(in, PASSWORD);
        }
        Certificate certificate = pair.getCertificate("a");
        write(certificate(), "CERTIFICATE", certificate.getEncoded());
        write(key(), "PRIVATE KEY", pair.getKey("a", PASSWORD).getEncoded());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        trusted.setCertificateEntry("a", certificate);
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static void write(Path file, String what, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, body, what));
    }

    private ServerTls tls() {
        return new ServerTls(
                new CertifiedKeyFiles("tls.certificate", certificate(), "tls.key", key()), clock);
    }

    /**
     * Shakes hands anew: a session that is resumed shows no certificate (RFC 8446, section 2.2).
     */
    private static String get(SSLContext trusting, int port) throws Exception {
        SSLSessionContext earlier = trusting.getClientSessionContext();
        for (byte[] id : Collections.list(earlier.getIds())) {
            SSLSession session = earlier.getSession(id);
            if (session != null) {
                session.invalidate();
            }
        }
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void aNewCertificateCountsWithoutARestart() throws Exception {
        SSLContext first = newPair("RSA");
        try (HttpListener listener =
                new HttpListener(
                        "port",
                        "127.0.0.1",
                        0,
                        tls().context(),
                        100,
                        (_, answer) -> answer.send("hello".getBytes(StandardCharsets.UTF_8)))) {
            assertEquals("hello", get(first, listener.port()));
            SSLContext second = newPair("EC");
            assertEquals("hello", get(first, listener.port()), "within the same second");
            nanos.addAndGet(2_000_000_000L);
            assertEquals("hello", get(second, listener.port()));
            assertThrows(SSLHandshakeException.class, () -> get(first, listener.port()));

            Files.writeString(certificate(), "half a file");
            nanos.addAndGet(2_000_000_000L);
            assertEquals("hello", get(second, listener.port()), "as it was");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void betweenTheTwoWritesOfARenewalTheOldPairStays(String algorithm) throws Exception {
        SSLContext first = newPair(algorithm);
        String oldKey = Files.readString(key());
        try (HttpListener listener =
                new HttpListener(
                        "port",
                        "127.0.0.1",
                        0,
                        tls().context(),
                        100,
                        (_, answer) -> answer.send("hello".getBytes(StandardCharsets.UTF_8)))) {
            nanos.addAndGet(2_000_000_000L);
            SSLContext second = newPair(algorithm);
            String newKey = Files.readString(key());
            Files.writeString(key(), oldKey);
            assertEquals("hello", get(first, listener.port()));
            String refused = refusal();
            assertTrue(refused.contains(certificate().toString()), refused);
            assertTrue(refused.contains(key().toString()), refused);
            assertTrue(refused.contains("openssl"), refused);
            Files.writeString(key(), newKey);
            nanos.addAndGet(2_000_000_000L);
            assertEquals("hello", get(second, listener.port()));
        }
    }

    @Test
    void nobodyShakesHandsAgainWithinAConnection() throws Exception {
        SSLContext trusting = newPair("EC");
        try (HttpListener listener =
                        new HttpListener(
                                "port",
                                "127.0.0.1",
                                0,
                                tls().context(),
                                100,
                                (_, answer) -> answer.send());
                SSLSocket socket =
                        (SSLSocket)
                                trusting.getSocketFactory()
                                        .createSocket("127.0.0.1", listener.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            byte[] request =
                    "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8);
            assertThrows(
                    IOException.class,
                    () -> {
                        socket.startHandshake();
                        socket.getOutputStream().write(request);
                        var _ = socket.getInputStream().read();
                    });
        }
    }

    @Test
    void whatCannotBeUsedIsRefusedAtStart() throws Exception {
        assertTrue(refusal().contains("cannot read"), refusal());
        newPair("RSA");
        String keyText = Files.readString(key());
        Files.writeString(
                key(), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----");
        assertTrue(refusal().contains("openssl pkcs8 -topk8"), refusal());
        Files.writeString(key(), keyText);
        tls();
        String rsa = Files.readString(certificate());
        newPair("EC");
        Files.writeString(certificate(), rsa);
        assertTrue(refusal().contains("it is no RSA key"), refusal());
        Files.writeString(certificate(), "nothing");
        assertTrue(refusal().contains("certificate"), refusal());
    }

    private String refusal() {
        return String.valueOf(assertThrows(SettingsException.class, this::tls).getMessage());
    }
}
