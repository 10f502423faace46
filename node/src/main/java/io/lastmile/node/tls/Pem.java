package io.lastmile.node.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of certificates and keys (RFC 7468). */
final class Pem {
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private Pem() {}

    /**
     * The chain, the server's own certificate first.
     *
     * @throws IllegalArgumentException where there is none
     */
    static List<X509Certificate> certificates(String text) {
        try {
            List<X509Certificate> chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            text.getBytes(StandardCharsets.US_ASCII)))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (chain.isEmpty()) {
                throw new IllegalArgumentException(
                        "no certificate in it, which begins with -----BEGIN CERTIFICATE-----");
            }
            return chain;
        } catch (CertificateException e) {
            throw new IllegalArgumentException("no certificate in PEM: " + e.getMessage(), e);
        }
    }

    /**
     * The key of a certificate.
     *
     * @throws IllegalArgumentException where it is none, or another one's
     */
    static PrivateKey privateKey(String text, X509Certificate of) {
        Matcher key = KEY.matcher(text);
        if (!key.find()) {
            throw new IllegalArgumentException(
                    "no key in it, which begins with -----BEGIN PRIVATE KEY----- (PKCS #8, without a password): openssl pkcs8 -topk8 -nocrypt -in KEY makes one of any other");
        }
        byte[] bytes = Base64.getMimeDecoder().decode(key.group(1));
        String algorithm = of.getPublicKey().getAlgorithm();
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (InvalidKeySpecException e) {
            throw new IllegalArgumentException(
                    "it is no %s key, and the certificate has one".formatted(algorithm), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("keys of " + algorithm + " are not known here", e);
        }
    }
}
