package io.lastmile.edge.socket;

import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS with a device, and what it showed there. */
final class DeviceTls extends SslHandler {
    private final @Nullable X509TrustManager devices;

    /**
     * Before the handshake.
     *
     * @param devices believes those who show a certificate; null where they need none
     */
    DeviceTls(SSLEngine engine, @Nullable X509TrustManager devices) {
        super(engine);
        this.devices = devices;
    }

    /**
     * The certificate that the device showed; null where it needed none.
     *
     * <p>A resumed session brings it back from its first handshake, and the JDK does not look at it
     * again. What cannot have changed since, signatures, is not looked at here either; where a date
     * is over, the chain is verified as in a handshake: what is over may not belong to it.
     *
     * @throws CertificateException where a handshake would refuse it by now
     */
    @Nullable X509Certificate certificate() throws CertificateException {
        X509Certificate[] chain = chain();
        if (devices == null || chain.length == 0) {
            return null;
        }
        if (!Arrays.stream(chain).allMatch(DeviceTls::isValidNow)) {
            devices.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
        }
        return chain[0];
    }

    private static boolean isValidNow(X509Certificate certificate) {
        try {
            certificate.checkValidity();
            return true;
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            return false;
        }
    }

    private X509Certificate[] chain() {
        try {
            Certificate[] shown = engine().getSession().getPeerCertificates();
            return Arrays.copyOf(shown, shown.length, X509Certificate[].class);
        } catch (SSLPeerUnverifiedException e) {
            return new X509Certificate[0]; // it has none, and needs none
        }
    }
}
