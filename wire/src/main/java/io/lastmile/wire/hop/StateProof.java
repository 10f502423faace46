package io.lastmile.wire.hop;

import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.Payload;

/**
 * Shows that both ends of a state query know the shared secret without sending it: HMAC-SHA-256
 * over the role, what makes the question unlike any other, and what is said.
 */
public final class StateProof {
    private static final String NAME = "lastmile state 1";

    private StateProof() {}

    /**
     * That of who asks.
     *
     * @param question names the question: a challenge of who is asked is part of it
     * @param target path and query as they are sent
     */
    public static Payload ofQuestion(String secret, String question, String method, String target) {
        return Hmac.of(secret, begin("question", question).text(method).text(target).toBytes());
    }

    /** That of who answers this question, so that nobody between them makes up another answer. */
    public static Payload ofAnswer(String secret, String question, int status, byte[] body) {
        return Hmac.of(secret, begin("answer", question).i32(status).blob(body).toBytes());
    }

    private static BytesWriter begin(String role, String question) {
        return new BytesWriter(256).text(NAME).text(role).text(question);
    }
}
