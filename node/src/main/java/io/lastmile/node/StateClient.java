package io.lastmile.node;

import io.lastmile.wire.hop.HopProof;
import io.lastmile.wire.hop.StateProof;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Asks admin ports for state, with a proof that it knows the shared secret, and takes their answers
 * with the like. Any thread; a question blocks, at most its timeout, or twice that where a
 * challenge comes first.
 */
public final class StateClient implements AutoCloseable {
    private static final int FORBIDDEN = 403;
    private static final int CHALLENGED = 401;
    private static final int SERVER_ERRORS = 500;
    private static final int ADDRESSES_MAX = 1_000;

    private final String secret;
    private final Duration timeout;
    private final HttpClient client;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Questions> questionsByAddress = new ConcurrentHashMap<>();

    /** Those to one challenge. */
    private record Questions(String challenge, String asker, AtomicInteger asked) {}

    /** Nobody is asked yet. */
    public StateClient(String secret, Duration timeout) {
        this.secret = secret;
        this.timeout = timeout;
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(timeout)
                        .build();
    }

    /**
     * Asks.
     *
     * @param address host:port
     * @param path whose characters are those that a path may have as they are
     * @throws IOException where there is no answer, or it is not the port's own
     * @throws IllegalArgumentException where the address is none
     */
    public QueryAnswer get(String address, String path) throws IOException, InterruptedException {
        QueryAnswer answer = ask(address, path, questionsByAddress.get(address));
        if (answer.status() == CHALLENGED) { // it is another process by now, or a new challenge
            answer = ask(address, path, questionsByAddress.get(address));
        }
        return answer;
    }

    private QueryAnswer ask(String address, String path, @Nullable Questions questions)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(timeout);
        String question = "";
        if (questions != null) {
            question = question(address, questions);
            String mac = hex(StateProof.ofQuestion(secret, question, "GET", path).bytes());
            request.header(StateChallenge.PROOF_HEADER, question + "." + mac);
        }
        HttpResponse<byte[]> answer =
                client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        int status = answer.statusCode();
        if (status == CHALLENGED) {
            String challenge =
                    answer.headers().firstValue(StateChallenge.CHALLENGE_HEADER).orElse("");
            if (questionsByAddress.size() >= ADDRESSES_MAX) {
                questionsByAddress.clear(); // of processes that are no more, nearly all of them
            }
            questionsByAddress.put(address, questions(challenge));
        } else if (status != FORBIDDEN && status < SERVER_ERRORS) {
            String proof = answer.headers().firstValue(StateChallenge.PROOF_HEADER).orElse("");
            if (!HopProof.matches(
                    StateProof.ofAnswer(secret, question, status, answer.body()), proof)) {
                throw new IOException("the answer does not prove that it is of " + address);
            }
        }
        return new QueryAnswer(status, new String(answer.body(), StandardCharsets.UTF_8));
    }

    private String question(String address, Questions questions) {
        int number = questions.asked.getAndIncrement();
        if (number < StateChallenge.QUESTIONS_MAX) {
            return questions.challenge + "." + questions.asker + "." + number;
        }
        Questions next = questions(questions.challenge);
        questionsByAddress.replace(address, questions, next);
        return next.challenge + "." + next.asker + "." + next.asked.getAndIncrement();
    }

    private Questions questions(String challenge) {
        byte[] asker = new byte[8];
        random.nextBytes(asker);
        return new Questions(challenge, hex(asker), new AtomicInteger());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
