package io.lastmile.node;

import io.lastmile.wire.hop.HopProof;
import io.lastmile.wire.hop.StateProof;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What whoever asks an admin port for state has to prove: that it knows the shared secret, now and
 * for this one question. Any thread.
 *
 * <p>The port names a challenge, another one in each process and after every thousand askers. A
 * question is named {@code challenge.asker.number}: the asker makes its part up and counts from 0.
 * Which numbers came is remembered as long as the challenge counts, so a proof that somebody
 * recorded is worth nothing. Only who knows the secret makes it remember anything.
 */
final class StateChallenge {
    /** The header with the challenge, in answers to questions that prove nothing. */
    static final String CHALLENGE_HEADER = "Lastmile-Challenge";

    /** The header with the proof, of questions and of answers. */
    static final String PROOF_HEADER = "Lastmile-Proof";

    /** An asker's numbers are below; then it makes up another name for itself. */
    static final int QUESTIONS_MAX = 4_096;

    private static final int ASKERS_MAX = 1_024;
    private static final int PARTS = 4;

    private final SecureRandom random = new SecureRandom();
    private Period current;
    private Period before;

    /** A challenge and who asked how often. */
    private record Period(String challenge, Map<String, BitSet> numbersByAsker) {}

    /** What became of a question's proof. */
    sealed interface Result {
        /** It is right; the answer is proved with the same secret. */
        record Proved(String secret, String question) implements Result {
            /** What the answer's header has to say. */
            String ofAnswer(QueryAnswer answer) {
                byte[] body = answer.json().getBytes(StandardCharsets.UTF_8);
                return HexFormat.of()
                        .formatHex(
                                StateProof.ofAnswer(secret, question, answer.status(), body)
                                        .bytes());
            }

            @Override
            public String toString() {
                return "Proved[" + question + "]"; // never the secret
            }
        }

        /** It is of another challenge, or came already: the newest challenge is to be met. */
        record Outdated(String challenge) implements Result {}

        /** Whoever asks has another secret. */
        record Wrong() implements Result {}
    }

    StateChallenge() {
        current = period();
        before = current;
    }

    private Period period() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return new Period(HexFormat.of().formatHex(bytes), new HashMap<>());
    }

    /**
     * Looks at the proof of a question.
     *
     * @param proof the header, {@code question.mac}; empty where there is none
     */
    Result check(String proof, HopSecret secret, String method, String target) {
        String[] parts = proof.split("\\.", -1);
        if (parts.length != PARTS) {
            return outdated();
        }
        String question = proof.substring(0, proof.lastIndexOf('.'));
        String known = secretOf(question, parts[PARTS - 1], secret, method, target);
        if (known == null) {
            return new Result.Wrong();
        }
        return isFresh(parts[0], parts[1], parts[2])
                ? new Result.Proved(known, question)
                : outdated();
    }

    /** With which of the accepted secrets it is proved, or null. */
    private static @Nullable String secretOf(
            String question, String mac, HopSecret secret, String method, String target) {
        for (String one : secret.accepted()) {
            if (HopProof.matches(StateProof.ofQuestion(one, question, method, target), mac)) {
                return one;
            }
        }
        return null;
    }

    private synchronized Result outdated() {
        renew();
        return new Result.Outdated(current.challenge);
    }

    private synchronized boolean isFresh(String challenge, String asker, String number) {
        renew();
        BitSet numbers =
                challenge.equals(current.challenge)
                        ? current.numbersByAsker.computeIfAbsent(asker, name -> new BitSet())
                        : challenge.equals(before.challenge)
                                ? before.numbersByAsker.get(asker) // no new ones: it is bounded
                                : null;
        if (numbers == null || !number.matches("[0-9]{1,4}")) {
            return false;
        }
        int asked = Integer.parseInt(number);
        if (asked >= QUESTIONS_MAX || numbers.get(asked)) {
            return false;
        }
        numbers.set(asked);
        return true;
    }

    private void renew() {
        if (current.numbersByAsker.size() >= ASKERS_MAX) {
            before = current; // for those who have just been given it
            current = period();
        }
    }
}
