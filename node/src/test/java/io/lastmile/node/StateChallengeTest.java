package io.lastmile.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.lastmile.node.StateChallenge.Result;
import io.lastmile.wire.hop.StateProof;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class StateChallengeTest {
    private static final String PATH = "/state/devices/d";

    private final StateChallenge challenge = new StateChallenge();

    private Result check(String proof) {
        return challenge.check(proof, new HopSecret("new", "old"), "GET", PATH);
    }

    private String newest() {
        return assertInstanceOf(Result.Outdated.class, check("")).challenge();
    }

    private static String proof(String secret, String question) {
        return question
                + "."
                + HexFormat.of()
                        .formatHex(StateProof.ofQuestion(secret, question, "GET", PATH).bytes());
    }

    @Test
    void theAnswerIsProvedWithTheSecretOfWhoAsks() {
        for (String secret : new String[] {"new", "old"}) {
            String question = newest() + "." + secret + ".0";
            assertEquals(new Result.Proved(secret, question), check(proof(secret, question)));
        }
        assertInstanceOf(Result.Wrong.class, check(proof("wrong", newest() + ".me.0")));
    }

    @Test
    void eachNumberOfAnAskerCountsOnceInAnyOrder() {
        String begin = newest() + ".me.";
        for (int number : new int[] {3, 0, 4_095}) {
            assertInstanceOf(Result.Proved.class, check(proof("new", begin + number)));
            assertInstanceOf(Result.Outdated.class, check(proof("new", begin + number)));
        }
        for (String number : new String[] {"4096", "-1", "", "x", "00000"}) {
            assertInstanceOf(Result.Outdated.class, check(proof("new", begin + number)), number);
        }
        String another = newest() + ".you.3";
        assertInstanceOf(Result.Proved.class, check(proof("new", another)));
    }

    @Test
    void whatIsRememberedIsBoundedAndNoQuestionCountsAgainForIt() {
        String first = newest();
        String question = proof("new", first + ".me.0");
        assertInstanceOf(Result.Proved.class, check(question));
        askers(1_024);
        assertNotEquals(first, newest());
        assertInstanceOf(Result.Outdated.class, check(question));
        assertInstanceOf(Result.Proved.class, check(proof("new", first + ".me.1")), "a while yet");
        assertInstanceOf(Result.Outdated.class, check(proof("new", first + ".late.0")));
        askers(1_024);
        assertInstanceOf(Result.Outdated.class, check(proof("new", first + ".me.2")));
    }

    private void askers(int count) {
        for (int i = 0; i < count; i++) {
            check(proof("new", newest() + ".asker-" + i + ".0"));
        }
    }
}
