package io.lastmile.edge.socket;

import io.lastmile.node.SettingsException;
import io.lastmile.node.TlsRules;
import io.lastmile.node.tls.CertifiedKey;
import io.lastmile.node.tls.CertifiedKeyFiles;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge's certificate, read again when its files have changed: new connections get the new one,
 * open ones stay. Files that do not fit together, as between the writing of the one and of the
 * other, leave everything as it was.
 *
 * <p>The engine is the JDK's: after the handshake it holds about 5.0 KB for an idle connection,
 * BoringSSL about 6.7 KB, and idle is what connections here are.
 */
final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final String DEVICE_CA = "edge.tls.device-ca";

    static {
        TlsRules.apply();
    }

    private final TlsSettings settings;
    private Texts texts; // as read last, whether they could be used or not
    private volatile Terms terms;

    /** What stands in the files. */
    private record Texts(CertifiedKeyFiles.Texts own, String deviceCa) {}

    /** On which a handshake is made. */
    private record Terms(
            SslContext context, X509Certificate own, @Nullable X509TrustManager devices) {}

    /**
     * Reads them.
     *
     * @throws SettingsException where they cannot be used
     */
    Certificates(TlsSettings settings) {
        this.settings = settings;
        texts = read();
        terms = terms(texts);
    }

    private Texts read() {
        Path deviceCa = settings.deviceCa();
        return new Texts(
                settings.own().texts(),
                deviceCa == null ? "" : CertifiedKeyFiles.text(DEVICE_CA, deviceCa));
    }

    /** For a connection that begins now. Any thread. */
    DeviceTls newHandler(ByteBufAllocator buffers) {
        Terms now = terms;
        return new DeviceTls(now.context.newEngine(buffers), now.devices);
    }

    /** What the edge shows to a connection that begins now. */
    X509Certificate own() {
        return terms.own;
    }

    /** Looks whether the files have changed. One thread. */
    void lookAgain() {
        try {
            Texts now = read();
            if (now.equals(texts)) {
                return;
            }
            texts = now; // said once, whatever is wrong with it
            terms = terms(now);
            LOG.atInfo()
                    .addKeyValue("file", settings.own().certificateFile())
                    .addKeyValue("expires", own().getNotAfter().toInstant())
                    .log("The certificate was read again");
        } catch (SettingsException e) {
            LOG.atWarn()
                    .addKeyValue("file", settings.own().certificateFile())
                    .addKeyValue("reason", e.getMessage())
                    .log("The certificate cannot be read again; the one before stays");
        }
    }

    private Terms terms(Texts read) {
        CertifiedKey own = settings.own().pair(read.own);
        SslContextBuilder builder =
                SslContextBuilder.forServer(own.key(), own.chain())
                        .sslProvider(SslProvider.JDK)
                        .protocols("TLSv1.3", "TLSv1.2");
        X509TrustManager devices = null;
        if (settings.deviceCa() != null) { // also where the file is empty right now
            devices =
                    trusting(
                            CertifiedKeyFiles.certificates(
                                    DEVICE_CA, settings.deviceCa(), read.deviceCa));
            builder.trustManager(devices).clientAuth(ClientAuth.REQUIRE);
        }
        try {
            return new Terms(builder.build(), own.certificate(), devices);
        } catch (SSLException e) {
            throw new SettingsException(
                    settings.own().certificateKey(), "it and its key cannot be used: " + e);
        }
    }

    private static X509TrustManager trusting(List<X509Certificate> authorities) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PKIX", e);
        }
    }
}
