package io.lastmile.edge.auth;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.lastmile.edge.socket.CertificateFiles;
import io.lastmile.node.Clock;
import io.lastmile.node.SettingsException;
import io.lastmile.wire.DeviceId;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthenticationTest {
    private static final DeviceId PHONE = new DeviceId("phone-1");

    @TempDir private Path folder;

    private static Credentials shown(@Nullable String userName, String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        return new Credentials(PHONE, userName, new Password(bytes), null);
    }

    private static String token(JWSAlgorithm algorithm, String keyId, JWSSigner signer, Instant end)
            throws JOSEException {
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(algorithm).keyID(keyId).build(),
                        new JWTClaimsSet.Builder()
                                .subject("phone-1")
                                .issuer("https://id.example")
                                .audience("lastmile")
                                .expirationTime(Date.from(end))
                                .build());
        token.sign(signer);
        return token.serialize();
    }

    @Test
    void tokensOfThreeKindsAreBelievedToTheirEnd() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2_048).keyID("rsa").generate();
        ECKey ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        OctetSequenceKey shared = new OctetSequenceKeyGenerator(256).keyID("oct").generate();
        Path file = folder.resolve("keys.json");
        Files.writeString(
                file,
                new JWKSet(List.of(rsa.toPublicJWK(), ec.toPublicJWK(), shared)).toString(false));
        Tokens tokens = new Tokens(file, "https://id.example", "lastmile", Clock.system());
        Instant end = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS);
        Verdict.Accepted accepted = new Verdict.Accepted(end.toEpochMilli());
        String signed = token(JWSAlgorithm.RS256, "rsa", new RSASSASigner(rsa), end);
        assertEquals(accepted, tokens.apply(shown(null, signed)));
        assertEquals(
                accepted,
                tokens.apply(
                        shown("x", token(JWSAlgorithm.ES256, "ec", new ECDSASigner(ec), end))));
        assertEquals(
                accepted,
                tokens.apply(
                        shown(null, token(JWSAlgorithm.HS256, "oct", new MACSigner(shared), end))));

        String another = signed.substring(0, signed.length() - 8) + "AAAAAAAA";
        Instant past = Instant.now().minusSeconds(3_600);
        RSAKey stranger = new RSAKeyGenerator(2_048).keyID("rsa").generate();
        // The public key as if it were a shared secret: the oldest trick there is.
        byte[] publicKey = rsa.toRSAPublicKey().getEncoded();
        String unsigned =
                new PlainJWT(
                                new JWTClaimsSet.Builder()
                                        .subject("phone-1")
                                        .expirationTime(Date.from(end))
                                        .build())
                        .serialize();
        for (String bad :
                new String[] {
                    "",
                    "no token",
                    unsigned,
                    another,
                    token(JWSAlgorithm.RS256, "rsa", new RSASSASigner(rsa), past),
                    token(JWSAlgorithm.RS256, "rsa", new RSASSASigner(stranger), end),
                    token(JWSAlgorithm.HS256, "rsa", new MACSigner(publicKey), end),
                    token(JWSAlgorithm.RS512, "rsa", new RSASSASigner(rsa), end),
                }) {
            assertInstanceOf(Verdict.Refused.class, tokens.apply(shown(null, bad)), bad);
        }
        Credentials others =
                new Credentials(
                        new DeviceId("phone-2"),
                        null,
                        new Password(signed.getBytes(StandardCharsets.UTF_8)),
                        null);
        assertEquals(new Verdict.Refused("the token is another's"), tokens.apply(others));
        Tokens elsewhere = new Tokens(file, "https://id.example", "else", Clock.system());
        assertInstanceOf(Verdict.Refused.class, elsewhere.apply(shown(null, signed)));
    }

    @Test
    void keysThatAreNoneAreRefusedByName() throws Exception {
        Path file = Files.writeString(folder.resolve("keys.json"), "{\"keys\":[]}");
        SettingsException e =
                assertThrows(
                        SettingsException.class,
                        () -> new Tokens(file, null, null, Clock.system()));
        assertEquals("edge.jwt.keys", e.key());
    }

    @Test
    void passwordsAreOfOneDevice() throws Exception {
        SecureRandom random = new SecureRandom();
        PasswordHash hash = PasswordHash.of(PHONE, "open sesame", 1_000, random);
        assertFalse(hash.line().contains("sesame"));
        Path file = Files.writeString(folder.resolve("passwords"), "# phones\n" + hash.line());
        Passwords passwords = new Passwords(file, Clock.system());
        assertEquals(
                new Verdict.Accepted(Verdict.FOR_EVER),
                passwords.apply(shown(null, "open sesame")));
        assertEquals(
                new Verdict.Accepted(Verdict.FOR_EVER),
                passwords.apply(shown("phone-1", "open sesame")));
        assertInstanceOf(Verdict.Refused.class, passwords.apply(shown(null, "open")));
        assertInstanceOf(Verdict.Refused.class, passwords.apply(shown(null, "")));
        assertInstanceOf(Verdict.Refused.class, passwords.apply(shown("phone-2", "open sesame")));
        Credentials unknown =
                new Credentials(
                        new DeviceId("phone-2"),
                        null,
                        new Password("open sesame".getBytes(StandardCharsets.UTF_8)),
                        null);
        assertInstanceOf(Verdict.Refused.class, passwords.apply(unknown));
    }

    @Test
    void theFileOfPasswordsIsReadAgain() throws Exception {
        SecureRandom random = new SecureRandom();
        Path file =
                Files.writeString(
                        folder.resolve("passwords"),
                        PasswordHash.of(PHONE, "old", 1_000, random).line());
        Passwords passwords = new Passwords(file, Clock.system());
        Files.writeString(file, PasswordHash.of(PHONE, "new", 1_000, random).line());
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> passwords.apply(shown(null, "new")) instanceof Verdict.Accepted);
        Files.writeString(file, "phone-1 new");
        assertInstanceOf(Verdict.Accepted.class, passwords.apply(shown(null, "new")));
        SettingsException e =
                assertThrows(SettingsException.class, () -> new Passwords(file, Clock.system()));
        assertEquals("edge.passwords", e.key());
        assertFalse(String.valueOf(e.getMessage()).contains("phone-1 new"));
    }

    @Test
    void aCertificateIsOfWhoeverItNames() throws Exception {
        CertificateFiles.make(folder, "phone-1")
                .write(folder.resolve("device.pem"), folder.resolve("device.key"));
        X509Certificate certificate;
        try (InputStream in = Files.newInputStream(folder.resolve("device.pem"))) {
            certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
        CertificateNames names = new CertificateNames();
        Verdict.Accepted accepted =
                new Verdict.Accepted(certificate.getNotAfter().toInstant().toEpochMilli());
        for (String name : new String[] {"phone-1", "127.0.0.1"}) { // its common and other name
            assertEquals(
                    accepted,
                    names.check(
                            new Credentials(new DeviceId(name), null, Password.NONE, certificate),
                            later -> {}));
        }
        assertInstanceOf(
                Verdict.Refused.class,
                names.check(
                        new Credentials(new DeviceId("phone-2"), null, Password.NONE, certificate),
                        later -> {}));
        assertInstanceOf(Verdict.Refused.class, names.check(shown(null, ""), later -> {}));
    }

    @Test
    void checksThatWaitAreBounded() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger decided = new AtomicInteger();
        try (AwayFromLoops away =
                new AwayFromLoops(
                        credentials -> {
                            try {
                                goOn.await(10, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return new Verdict.Accepted(Verdict.FOR_EVER);
                        },
                        1,
                        2)) {
            for (int i = 0; i < 3; i++) {
                assertNull(away.check(shown(null, "x"), verdict -> decided.incrementAndGet()));
            }
            assertEquals(new Verdict.Busy(), away.check(shown(null, "x"), verdict -> {}));
            goOn.countDown();
            await().until(() -> decided.get() == 3);
        }
    }
}
