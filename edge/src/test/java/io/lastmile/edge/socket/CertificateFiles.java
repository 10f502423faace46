package io.lastmile.edge.socket;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate that signs itself, made by the JDK's own tool: as files, and for a client. */
public final class CertificateFiles {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final KeyStore store;

    private CertificateFiles(KeyStore store) {
        this.store = store;
    }

    /** Makes one with this common name. */
    public static CertificateFiles make(Path folder, String name) throws Exception {
        Path file = Files.createTempFile(folder, "store", ".p12");
        Files.delete(file);
        Process tool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-alias",
                                "own",
                                "-dname",
                                "CN=" + name,
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-validity",
                                "10",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                new String(PASSWORD),
                                "-keystore",
                                file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (!tool.waitFor(60, TimeUnit.SECONDS) || tool.exitValue() != 0) {
            throw new IOException("keytool failed");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return new CertificateFiles(store);
    }

    /** Writes certificate and key. */
    public void write(Path certificate, Path key) throws IOException, GeneralSecurityException {
        Key own = store.getKey("own", PASSWORD);
        Files.writeString(key, pem("PRIVATE KEY", own.getEncoded()));
        Files.writeString(
                certificate, pem("CERTIFICATE", store.getCertificate("own").getEncoded()));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(bytes), what);
    }

    /** For a client that shows this certificate and believes that of the server. */
    public SSLContext client(CertificateFiles server) throws GeneralSecurityException {
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        TrustManagerFactory trusted =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore believed = KeyStore.getInstance("PKCS12");
        try {
            believed.load(null, PASSWORD);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        believed.setCertificateEntry("server", server.store.getCertificate("own"));
        trusted.init(believed);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
