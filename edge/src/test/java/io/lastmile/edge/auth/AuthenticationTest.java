package io.lastmile.edge.auth;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
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
import io.lastmile.edge.session.ChannelRights;
import io.lastmile.edge.session.Verdict;
import io.lastmile.edge.socket.CertificateFiles;
import io.lastmile.node.Clock;
import io.lastmile.node.SettingsException;
import io.lastmile.wire.DeviceId;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthenticationTest {
    private static final DeviceId PHONE = new DeviceId("phone-1");

    private static final PendingConnect NOBODY =
            new PendingConnect() {
                @Override
                public @Nullable InetAddress origin() {
                    return null;
                }

                @Override
                public boolean isWelcome() {
                    return true;
                }

                @Override
                public void decided(Verdict verdict) {
                    throw new AssertionError("it was decided at once");
                }
            };

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
        CertificateFiles.make(
                        folder,
                        "phone-1",
                        "san=ip:127.0.0.1,dns:phone-1.example,uri:urn:phone:1,email:me@phone.example,oid:1.2.3")
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
        for (String name : new String[] {"phone-1", "phone-1.example", "urn:phone:1"}) {
            assertEquals(
                    accepted,
                    names.check(
                            new Credentials(new DeviceId(name), null, Password.NONE, certificate),
                            NOBODY));
        }
        for (String name :
                new String[] {"phone-2", "127.0.0.1", "me@phone.example", "1.2.3", "PHONE-1"}) {
            assertInstanceOf(
                    Verdict.Refused.class,
                    names.check(
                            new Credentials(new DeviceId(name), null, Password.NONE, certificate),
                            NOBODY),
                    name);
        }
        assertInstanceOf(Verdict.Refused.class, names.check(shown(null, ""), NOBODY));
    }

    @Test
    void aTokenHasNoGraceAtItsEndAndAMinuteAtItsBeginning() throws Exception {
        OctetSequenceKey key = new OctetSequenceKeyGenerator(256).keyID("oct").generate();
        Path file = Files.writeString(folder.resolve("keys.json"), new JWKSet(key).toString(false));
        Tokens tokens = new Tokens(file, null, null, Clock.system());
        Instant now = Instant.now();
        String ended = token(JWSAlgorithm.HS256, "oct", new MACSigner(key), now.minusSeconds(1));
        assertEquals(new Verdict.Refused("the token has ended"), tokens.apply(shown(null, ended)));
        for (int aheadSeconds : new int[] {30, 300}) {
            SignedJWT early =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("oct").build(),
                            new JWTClaimsSet.Builder()
                                    .subject("phone-1")
                                    .notBeforeTime(Date.from(now.plusSeconds(aheadSeconds)))
                                    .expirationTime(Date.from(now.plusSeconds(600)))
                                    .build());
            early.sign(new MACSigner(key));
            Verdict verdict = tokens.apply(shown(null, early.serialize()));
            assertEquals(aheadSeconds < 60, verdict instanceof Verdict.Accepted, "" + aheadSeconds);
        }
    }

    private Verdict channels(@Nullable Object subscribe, @Nullable Object join) throws Exception {
        OctetSequenceKey key = new OctetSequenceKeyGenerator(256).keyID("oct").generate();
        Path file = Files.writeString(folder.resolve("keys.json"), new JWKSet(key).toString(false));
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("oct").build(),
                        new JWTClaimsSet.Builder()
                                .subject("phone-1")
                                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                                .claim("channels", subscribe)
                                .claim("join", join)
                                .build());
        token.sign(new MACSigner(key));
        return new Tokens(file, null, null, Clock.system()).apply(shown(null, token.serialize()));
    }

    @Test
    void whatATokenSaysOfChannels() throws Exception {
        assertSame(
                ChannelRights.NONE,
                assertInstanceOf(Verdict.Accepted.class, channels(null, null)).channels());
        assertEquals(
                new ChannelRights("news berlin-* *", "fleet-7 all"),
                assertInstanceOf(
                                Verdict.Accepted.class,
                                channels(
                                        List.of("news", "berlin-*", "*"),
                                        List.of("fleet-7", "all", "all")))
                        .channels());
        for (Object bad :
                List.of("news", List.of(7), List.of("a b"), List.of("a*b"), List.of(""))) {
            assertInstanceOf(Verdict.Refused.class, channels(bad, null), bad.toString());
            assertInstanceOf(Verdict.Refused.class, channels(null, bad), bad.toString());
        }
        assertEquals(
                new Verdict.Refused("a claim of the token is wrong: join: 'all-*' is no channel"),
                channels(null, List.of("all-*")));
    }

    @Test
    void anUnknownDeviceCostsWhatAKnownOneDoes() throws Exception {
        SecureRandom random = new SecureRandom();
        Path file =
                Files.writeString(
                        folder.resolve("passwords"),
                        PasswordHash.of(PHONE, "open sesame", 1_000, random).line()
                                + "\n"
                                + PasswordHash.of(new DeviceId("phone-2"), "x", 3_000, random)
                                        .line());
        Passwords passwords = new Passwords(file, Clock.system());
        assertEquals(1_000, passwords.compared(PHONE).rounds());
        Set<Integer> rounds = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            DeviceId unknown = new DeviceId("unknown-" + i);
            rounds.add(passwords.compared(unknown).rounds());
            assertEquals(
                    passwords.compared(unknown).rounds(), passwords.compared(unknown).rounds());
        }
        assertEquals(Set.of(1_000, 3_000), rounds);
        Credentials unknown =
                new Credentials(
                        new DeviceId("unknown-1"),
                        null,
                        new Password("open sesame".getBytes(StandardCharsets.UTF_8)),
                        null);
        assertInstanceOf(Verdict.Refused.class, passwords.apply(unknown), "with another's");
    }

    @Test
    void aCertificateWithTwoCommonNamesNamesNobody() throws Exception {
        for (String subject : new String[] {"phone-1,CN=phone-2", "phone-1+CN=phone-2"}) {
            CertificateFiles.make(folder, subject, "san=dns:phone-3")
                    .write(folder.resolve("two.pem"), folder.resolve("two.key"));
            X509Certificate certificate;
            try (InputStream in = Files.newInputStream(folder.resolve("two.pem"))) {
                certificate =
                        (X509Certificate)
                                CertificateFactory.getInstance("X.509").generateCertificate(in);
            }
            for (String name : new String[] {"phone-1", "phone-2", "phone-3"}) {
                Verdict verdict =
                        new CertificateNames()
                                .check(
                                        new Credentials(
                                                new DeviceId(name),
                                                null,
                                                Password.NONE,
                                                certificate),
                                        NOBODY);
                assertEquals(name.equals("phone-3"), verdict instanceof Verdict.Accepted, name);
            }
        }
    }
}
