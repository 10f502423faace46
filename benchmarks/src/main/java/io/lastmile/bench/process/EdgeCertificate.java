package io.lastmile.bench.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for an edge on this machine, which signs itself; and clients that believe it. */
public final class EdgeCertificate {
    private static final String PASSWORD = "changeit";
    private static final Duration TOOL_WAIT = Duration.ofMinutes(1);

    private final Path folder;
    private final KeyStore store;

    private EdgeCertificate(Path folder, KeyStore store) {
        this.folder = folder;
        this.store = store;
    }

    /** Makes one, as files in that folder. */
    public static EdgeCertificate make(Path folder) throws IOException {
        Path file = folder.resolve("edge.p12");
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
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString());
        if (made.exitCode() != 0) {
            throw new IOException("keytool failed: " + made.output() + made.errors());
        }
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            var certificate = new EdgeCertificate(folder, store);
            write(certificate.file(), "CERTIFICATE", store.getCertificate("edge").getEncoded());
            write(
                    certificate.keyFile(),
                    "PRIVATE KEY",
                    store.getKey("edge", PASSWORD.toCharArray()).getEncoded());
            return certificate;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void write(Path file, String what, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder().encodeToString(bytes);
        Files.writeString(
                file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    /** The settings that give it to an edge. */
    public List<String> flags() {
        return List.of("--edge.tls.certificate=" + file(), "--edge.tls.key=" + keyFile());
    }

    /** The certificate, PEM. */
    public Path file() {
        return folder.resolve("edge.pem");
    }

    private Path keyFile() {
        return folder.resolve("edge.key");
    }

    /** For a client that believes it and nobody else. */
    public TrustManagerFactory trust() {
        try {
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            KeyStore believed = KeyStore.getInstance("PKCS12");
            believed.load(null, null);
            believed.setCertificateEntry("edge", store.getCertificate("edge"));
            trust.init(believed);
            return trust;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has what this needs", e);
        }
    }

    /** The same, for those who take a context; of this protocol, such as {@code TLSv1.3}. */
    public SSLContext trusting(String protocol) {
        try {
            SSLContext context = SSLContext.getInstance(protocol);
            context.init(null, trust().getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has what this needs", e);
        }
    }
}
