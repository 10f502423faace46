package io.lastmile.node.tls;

import io.lastmile.node.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The two files of a server's certificate and its key. They are written one after the other, so
 * that what is read between is no pair: whoever has one keeps it until there is another.
 *
 * @param certificateKey the setting with the file of the certificate
 * @param certificateFile chain of certificates, PEM
 * @param keyKey the setting with the file of the key
 * @param keyFile private key of the first certificate, PEM (PKCS #8)
 */
public record CertifiedKeyFiles(
        String certificateKey, Path certificateFile, String keyKey, Path keyFile) {
    /** What stands in them, which tells whether they have changed. */
    public record Texts(String certificate, String key) {
        @Override
        public String toString() {
            return "Texts[...]"; // never the key
        }
    }

    /**
     * Reads both.
     *
     * @throws SettingsException where one cannot be read
     */
    public Texts texts() {
        return new Texts(text(certificateKey, certificateFile), text(keyKey, keyFile));
    }

    /**
     * Reads a file of PEM.
     *
     * @throws SettingsException where it cannot be read
     */
    public static String text(String settingKey, Path file) {
        try { // whatever it is, it is told by what is no PEM in it
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new SettingsException(settingKey, "cannot read " + file + ": " + e.getMessage());
        }
    }

    /**
     * The pair that they are.
     *
     * @throws SettingsException where one cannot be understood, or they do not belong together
     */
    public CertifiedKey pair(Texts texts) {
        List<X509Certificate> chain =
                certificates(certificateKey, certificateFile, texts.certificate());
        PrivateKey key;
        try {
            key = Pem.privateKey(texts.key(), chain.getFirst());
        } catch (IllegalArgumentException e) {
            throw new SettingsException(keyKey, keyFile + ": " + e.getMessage());
        }
        CertifiedKey pair = new CertifiedKey(chain, key);
        if (!pair.isPair()) {
            throw new SettingsException(
                    keyKey,
                    "%s is not the key of the certificate in %s (%s): name the two that belong together, for which openssl pkey -in KEY -pubout and openssl x509 -in CERTIFICATE -noout -pubkey print the same"
                            .formatted(keyFile, certificateFile, certificateKey));
        }
        return pair;
    }

    /**
     * The certificates in a text.
     *
     * @throws SettingsException where there is none, or one that cannot be understood
     */
    public static List<X509Certificate> certificates(String settingKey, Path file, String text) {
        try {
            return Pem.certificates(text);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(settingKey, file + ": " + e.getMessage());
        }
    }
}
