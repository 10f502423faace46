package io.lastmile.wire.hop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Payload;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A proof is worth something only for this secret, role, pair of incarnations and nonces. */
class HopProofTest {
    private static final Incarnation ROUTER = new Incarnation("router-1", 7);
    private static final Incarnation EDGE = new Incarnation("edge-1", 9);
    private static final Payload FIRST = Payload.of(new byte[HopProof.NONCE_BYTES]);
    private static final Payload SECOND = Payload.ofText("x".repeat(HopProof.NONCE_BYTES));

    @Test
    void changesWithEverythingItProves() {
        Set<Payload> proofs = new HashSet<>();
        assertTrue(proofs.add(HopProof.ofRouter("secret", ROUTER, EDGE, FIRST, SECOND)));
        assertTrue(proofs.add(HopProof.ofEdge("secret", ROUTER, EDGE, FIRST, SECOND)));
        assertTrue(proofs.add(HopProof.ofRouter("Secret", ROUTER, EDGE, FIRST, SECOND)));
        assertTrue(proofs.add(HopProof.ofRouter("secret", EDGE, ROUTER, FIRST, SECOND)));
        assertTrue(proofs.add(HopProof.ofRouter("secret", ROUTER, EDGE, SECOND, FIRST)));
        Incarnation reborn = new Incarnation("edge-1", 10);
        assertTrue(proofs.add(HopProof.ofRouter("secret", ROUTER, reborn, FIRST, SECOND)));
    }

    @Test
    void isThirtyTwoBytesAndTheSameForTheSame() {
        Payload proof = HopProof.ofRouter("secret", ROUTER, EDGE, FIRST, SECOND);
        assertEquals(32, proof.length());
        assertTrue(
                HopProof.matches(proof, HopProof.ofRouter("secret", ROUTER, EDGE, FIRST, SECOND)));
        assertFalse(HopProof.matches(proof, Payload.EMPTY));
        assertFalse(
                HopProof.matches(proof, HopProof.ofEdge("secret", ROUTER, EDGE, FIRST, SECOND)));
    }
}
