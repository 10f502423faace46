package io.lastmile.node.tls;

import io.lastmile.node.Clock;
import io.lastmile.node.SettingsException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's certificate and key. The files are looked at with a handshake, once a second at most:
 * what has changed counts from the next one on; what cannot be understood changes nothing. Any
 * thread that may read a file.
 */
public final class ServerTls {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
    private static final long LOOK_EVERY_NS = 1_000_000_000L;
    private static final String ALIAS = "server";

    private final Path certificateFile;
    private final Path keyFile;
    private final Clock clock;
    private final SSLContext context;
    private volatile Pair pair;
    private volatile long lookedNs;

    /** Both as they were read; the texts tell whether the files have changed. */
    private record Pair(
            String certificateText,
            String keyText,
            List<X509Certificate> chain,
            PrivateKey privateKey) {}

    /**
     * Reads the files.
     *
     * @param certificateKey the setting to name where the certificate is wrong
     * @param keyKey the setting to name where the key is wrong
     * @throws SettingsException where one cannot be read or understood, or they do not belong
     *     together
     */
    public ServerTls(
            String certificateKey, Path certificateFile, String keyKey, Path keyFile, Clock clock) {
        this.certificateFile = certificateFile;
        this.keyFile = keyFile;
        this.clock = clock;
        String certificateText = read(certificateKey, certificateFile);
        String keyText = read(keyKey, keyFile);
        List<X509Certificate> chain;
        try {
            chain = Pem.certificates(certificateText);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(certificateKey, certificateFile + ": " + e.getMessage());
        }
        try {
            pair =
                    new Pair(
                            certificateText,
                            keyText,
                            chain,
                            Pem.privateKey(keyText, chain.getFirst()));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(keyKey, keyFile + ": " + e.getMessage());
        }
        lookedNs = clock.nanoTime();
        try {
            context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Keys()}, null, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }

    private static String read(String settingKey, Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new SettingsException(settingKey, "cannot read " + file + ": " + e.getMessage());
        }
    }

    /** What makes connections; it always has the files' newest state. */
    public SSLContext context() {
        return context;
    }

    private Pair newest() {
        if (clock.nanoTime() - lookedNs > LOOK_EVERY_NS) {
            lookAgain();
        }
        return pair;
    }

    private synchronized void lookAgain() {
        if (clock.nanoTime() - lookedNs <= LOOK_EVERY_NS) {
            return;
        }
        lookedNs = clock.nanoTime();
        try {
            String certificateText = Files.readString(certificateFile);
            String keyText = Files.readString(keyFile);
            if (certificateText.equals(pair.certificateText) && keyText.equals(pair.keyText)) {
                return;
            }
            List<X509Certificate> chain = Pem.certificates(certificateText);
            pair =
                    new Pair(
                            certificateText,
                            keyText,
                            chain,
                            Pem.privateKey(keyText, chain.getFirst()));
            LOG.atInfo()
                    .addKeyValue("file", certificateFile)
                    .addKeyValue("expires", chain.getFirst().getNotAfter().toInstant())
                    .log("The certificate was read again");
        } catch (IOException | IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("file", certificateFile)
                    .addKeyValue("reason", e.getMessage())
                    .log("The certificate cannot be understood; it is as it was");
        }
    }

    /** Gives each handshake what the files say then. */
    private final class Keys extends X509ExtendedKeyManager {
        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return chooseServerAlias(keyType, issuers, null);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            String algorithm = newest().chain.getFirst().getPublicKey().getAlgorithm();
            return keyType.equals(algorithm) || keyType.startsWith(algorithm + "_") ? ALIAS : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return pair.chain.toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return pair.privateKey;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String @Nullable [] getClientAliases(
                String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
