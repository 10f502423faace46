package io.lastmile.node.tls;

import io.lastmile.node.Clock;
import io.lastmile.node.SettingsException;
import io.lastmile.node.TlsRules;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's certificate and key. The files are looked at with a handshake, once a second at most:
 * what has changed counts from the next one on; what cannot be understood, or is no pair, changes
 * nothing. Any thread that may read a file.
 */
public final class ServerTls {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
    private static final long LOOK_EVERY_NS = 1_000_000_000L;

    static {
        TlsRules.apply();
    }

    private final CertifiedKeyFiles files;
    private final Clock clock;
    private final SSLContext context;
    private CertifiedKeyFiles.Texts texts; // as read last, whether they could be used or not
    private volatile Numbered newest;
    private volatile long lookedNs;

    /**
     * A handshake asks three times, for alias, chain and key, and has to be answered of one pair:
     * so the alias is its number, and the one before is kept for those who have asked once.
     */
    private record Numbered(int number, CertifiedKey pair, @Nullable CertifiedKey before) {
        CertifiedKey pair(String alias) {
            return before == null || alias.equals(alias()) ? pair : before;
        }

        String alias() {
            return String.valueOf(number);
        }
    }

    /**
     * Reads the files.
     *
     * @throws SettingsException where one cannot be read or understood, or they do not belong
     *     together
     */
    public ServerTls(CertifiedKeyFiles files, Clock clock) {
        this.files = files;
        this.clock = clock;
        texts = files.texts();
        newest = new Numbered(1, files.pair(texts), null);
        lookedNs = clock.nanoTime();
        try {
            context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Keys()}, null, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }

    /** What makes connections; it always has the files' newest state. */
    public SSLContext context() {
        return context;
    }

    private Numbered newest() {
        if (clock.nanoTime() - lookedNs > LOOK_EVERY_NS) {
            lookAgain();
        }
        return newest;
    }

    private synchronized void lookAgain() {
        if (clock.nanoTime() - lookedNs <= LOOK_EVERY_NS) {
            return;
        }
        lookedNs = clock.nanoTime();
        try {
            CertifiedKeyFiles.Texts now = files.texts();
            if (now.equals(texts)) {
                return;
            }
            texts = now; // said once, whatever is wrong with it
            CertifiedKey pair = files.pair(now);
            newest = new Numbered(newest.number + 1, pair, newest.pair);
            LOG.atInfo()
                    .addKeyValue("file", files.certificateFile())
                    .addKeyValue("expires", pair.certificate().getNotAfter().toInstant())
                    .log("The certificate was read again");
        } catch (SettingsException e) {
            LOG.atWarn()
                    .addKeyValue("file", files.certificateFile())
                    .addKeyValue("reason", e.getMessage())
                    .log("The certificate cannot be read again; the one before stays");
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
            Numbered now = newest();
            String algorithm = now.pair.certificate().getPublicKey().getAlgorithm();
            return keyType.equals(algorithm) || keyType.startsWith(algorithm + "_")
                    ? now.alias()
                    : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return newest.pair(alias).chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return newest.pair(alias).key();
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {newest.alias()};
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
