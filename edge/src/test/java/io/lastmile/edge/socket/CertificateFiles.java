package io.lastmile.edge.socket;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
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
        return make(folder, name, "san=ip:127.0.0.1");
    }

    /** Makes one with this common name and other names, as keytool takes them. */
    public static CertificateFiles make(Path folder, String name, String otherNames)
            throws Exception {
        Path file = store(folder);
        add(file, "own", name, "-ext", otherNames, "-validity", "10");
        return new CertificateFiles(load(file));
    }

    /** Makes one that is signed by another of its own, and ends in so many seconds. */
    public static CertificateFiles endingIn(int seconds, Path folder, String name)
            throws Exception {
        Path file = store(folder);
        add(file, "authority", "authority", "-ext", "bc:c", "-validity", "10");
        String start = "-1d+" + seconds + "S";
        add(file, "own", name, "-signer", "authority", "-startdate", start, "-validity", "1");
        KeyStore store = load(file);
        Certificate authority = store.getCertificate("authority");
        store.deleteEntry("authority");
        store.setCertificateEntry("authority", authority);
        return new CertificateFiles(store);
    }

    private static Path store(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "store", ".p12");
        Files.delete(file);
        return file;
    }

    private static void add(Path file, String alias, String name, String... more) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-alias", alias));
        command.addAll(List.of("-dname", "CN=" + name, "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", new String(PASSWORD), "-keystore", file.toString()));
        command.addAll(List.of(more));
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!tool.waitFor(60, TimeUnit.SECONDS) || tool.exitValue() != 0) {
            throw new IOException("keytool failed: " + said);
        }
    }

    private static KeyStore load(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    /** Its own. */
    public X509Certificate certificate() throws GeneralSecurityException {
        return (X509Certificate) store.getCertificate("own");
    }

    /** Writes the certificate that signed it. */
    public void writeAuthority(Path file) throws IOException, GeneralSecurityException {
        Files.writeString(file, pem("CERTIFICATE", store.getCertificate("authority").getEncoded()));
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
