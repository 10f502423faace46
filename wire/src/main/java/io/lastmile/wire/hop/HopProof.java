package io.lastmile.wire.hop;

import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Payload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Shows that both ends of a hop know the shared secret without sending it: HMAC-SHA-256 (RFC 2104)
 * over the role, both incarnations and both nonces.
 */
public final class HopProof {
    /** The length of a nonce, in bytes. */
    public static final int NONCE_BYTES = 32;

    private HopProof() {}

    /** The router's proof. */
    public static Payload ofRouter(
            String secret,
            Incarnation router,
            Incarnation edge,
            Payload routerNonce,
            Payload edgeNonce) {
        return proof("router", secret, router, edge, routerNonce, edgeNonce);
    }

    /** The edge's proof. */
    public static Payload ofEdge(
            String secret,
            Incarnation router,
            Incarnation edge,
            Payload routerNonce,
            Payload edgeNonce) {
        return proof("edge", secret, router, edge, routerNonce, edgeNonce);
    }

    /** Whether two proofs are the same, in a time that does not depend on where they differ. */
    public static boolean matches(Payload expected, Payload given) {
        return MessageDigest.isEqual(expected.bytes(), given.bytes());
    }

    /** The same of a proof in hexadecimal digits, where text is spoken. */
    public static boolean matches(Payload expected, String givenHex) {
        byte[] digits = HexFormat.of().formatHex(expected.bytes()).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(digits, givenHex.getBytes(StandardCharsets.UTF_8));
    }

    private static Payload proof(
            String role,
            String secret,
            Incarnation router,
            Incarnation edge,
            Payload routerNonce,
            Payload edgeNonce) {
        byte[] said =
                new BytesWriter(128)
                        .text("lastmile hop " + HopFrame.VERSION)
                        .text(role)
                        .incarnation(router)
                        .incarnation(edge)
                        .blob(routerNonce.bytes())
                        .blob(edgeNonce.bytes())
                        .toBytes();
        return Hmac.of(secret, said);
    }
}
