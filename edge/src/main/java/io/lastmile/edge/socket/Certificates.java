package io.lastmile.edge.socket;

import io.lastmile.node.SettingsException;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLException;
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

    private final TlsSettings settings;
    private List<String> read; // certificate, key, those who sign devices' certificates
    private volatile SslContext context;

    /**
     * Reads them.
     *
     * @throws SettingsException where they cannot be used
     */
    Certificates(TlsSettings settings) {
        this.settings = settings;
        try {
            read = read();
            context = context(read);
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException(
                    "edge.tls.certificate",
                    "it and its key (PEM, PKCS#8, without a password) cannot be used: " + e);
        }
    }

    private List<String> read() {
        return List.of(
                text("edge.tls.certificate", settings.certificate()),
                text("edge.tls.key", settings.key()),
                text("edge.tls.device-ca", settings.deviceCa()));
    }

    private static String text(String key, @Nullable Path file) {
        try {
            return file == null ? "" : Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new SettingsException(key, "cannot read " + file + ": " + e);
        }
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** For a connection that begins now. Any thread. */
    SslContext current() {
        return context;
    }

    /** Looks whether the files have changed. One thread. */
    void lookAgain() {
        try {
            List<String> now = read();
            if (now.equals(read)) {
                return;
            }
            read = now; // said once, whatever is wrong with it
            context = context(now);
            LOG.atInfo()
                    .addKeyValue("file", settings.certificate())
                    .log("The certificate was read again");
        } catch (SettingsException | IOException | IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("file", settings.certificate())
                    .addKeyValue("reason", e.getMessage())
                    .log("The certificate cannot be read again; the one before stays");
        }
    }

    private static SslContext context(List<String> read) throws SSLException {
        SslContextBuilder builder =
                SslContextBuilder.forServer(stream(read.get(0)), stream(read.get(1)))
                        .sslProvider(SslProvider.JDK)
                        .protocols("TLSv1.3", "TLSv1.2");
        if (!read.get(2).isEmpty()) {
            builder.trustManager(stream(read.get(2))).clientAuth(ClientAuth.REQUIRE);
        }
        return builder.build();
    }
}
