package io.lastmile.bench.density;

import io.lastmile.bench.process.CommandRun;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** The same over TLS 1.3. One thread. */
final class SecureDevices implements Crowd {
    private static final String PASSWORD = "changeit";
    private static final Duration TOOL_WAIT = Duration.ofMinutes(1);
    private static final int ANSWER_MS_MAX = 30_000;

    private final InetSocketAddress edge;
    private final SSLContext trusting;
    private final List<SSLSocket> open = new ArrayList<>();

    SecureDevices(InetSocketAddress edge, Path folder) throws IOException {
        this.edge = edge;
        try {
            TrustManagerFactory trusted =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(store(folder));
            trusting = SSLContext.getInstance("TLSv1.3");
            trusting.init(null, trusted.getTrustManagers(), null);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Makes the edge's certificate and gives the settings that name it. */
    static List<String> certificate(Path folder) throws IOException {
        CommandRun made =
                CommandRun.ofTool(
                        "keytool",
                        TOOL_WAIT,
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "edge",
                        "-dname",
                        "CN=edge",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file(folder).toString());
        if (made.exitCode() != 0) {
            throw new IOException("keytool failed: " + made.output() + made.errors());
        }
        try {
            KeyStore store = store(folder);
            Path certificate = folder.resolve("edge.pem");
            Path key = folder.resolve("edge.key");
            write(certificate, "CERTIFICATE", store.getCertificate("edge").getEncoded());
            write(key, "PRIVATE KEY", store.getKey("edge", PASSWORD.toCharArray()).getEncoded());
            return List.of("--edge.tls.certificate=" + certificate, "--edge.tls.key=" + key);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void write(Path file, String what, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder().encodeToString(bytes);
        Files.writeString(
                file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    private static Path file(Path folder) {
        return folder.resolve("edge.p12");
    }

    private static KeyStore store(Path folder) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file(folder))) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    @Override
    public void growTo(int count) throws IOException {
        while (open.size() < count) {
            SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket();
            open.add(socket);
            socket.setSoTimeout(ANSWER_MS_MAX);
            socket.connect(edge);
            String device = String.format("density-%012d", open.size());
            socket.getOutputStream().write(IdleDevices.connectAndSubscribe(device).array());
            IdleDevices.awaitSubscribed(socket.getInputStream());
        }
    }

    @Override
    public void close() throws IOException {
        for (SSLSocket socket : open) {
            socket.close();
        }
        open.clear();
    }
}
