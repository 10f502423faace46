package io.lastmile.node.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;

/**
 * A server's certificate and the private key that belongs to it.
 *
 * @param chain the server's own certificate first
 */
public record CertifiedKey(List<X509Certificate> chain, PrivateKey key) {
    private static final byte[] SAID = "whose key this is".getBytes(StandardCharsets.US_ASCII);

    /** Its own certificate. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** Whether what the one signs is what the other verifies. */
    boolean isPair() {
        PublicKey known = certificate().getPublicKey();
        if (known instanceof RSAKey ofCertificate && key instanceof RSAKey own) {
            return ofCertificate.getModulus().equals(own.getModulus());
        }
        try {
            String algorithm =
                    known.getAlgorithm().equals("EC") ? "SHA256withECDSA" : known.getAlgorithm();
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(SAID);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(known);
            verifying.update(SAID);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // of two curves, or of a kind that TLS does not use
        }
    }

    @Override
    public String toString() {
        return "CertifiedKey[" + certificate().getSubjectX500Principal() + "]"; // never the key
    }
}
