package io.lastmile.node;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin port of a process: {@code /health/live}, {@code /health/ready}, {@code /metrics}, and
 * the state queries that its parts answer. Parts and queries may be added at any time.
 */
public final class Admin implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Admin.class);

    private static final String ALLOWED = "GET, HEAD";

    private record Query(@Nullable HopSecret secret, Function<List<String>, QueryAnswer> handler) {}

    private final Metrics metrics;
    private final String advertised;
    private final boolean loopback;
    private final Map<String, BooleanSupplier> parts = new LinkedHashMap<>(); // guarded by itself
    private final Map<String, Query> queries = new ConcurrentHashMap<>();
    private final StateChallenge challenge = new StateChallenge();
    private final PageRule pages;
    private final HttpListener listener;

    /**
     * Opens the port.
     *
     * @param port 0 for any free one
     */
    public Admin(String host, int port, Metrics metrics) {
        this(host, port, Hosts.advertised(host), metrics);
    }

    private Admin(String host, int port, String advertised, Metrics metrics) {
        this.advertised = advertised;
        this.loopback = Hosts.isLoopback("admin.host", host);
        this.metrics = metrics;
        pages = new PageRule(List.of(host), "admin.host");
        listener = new HttpListener("admin.port", host, port, this::handle);
    }

    /** The port of the settings {@code admin.host} and {@code admin.port}. */
    public static Admin from(Settings settings, int portByDefault, Metrics metrics) {
        AdminSettings at = AdminSettings.from(settings, portByDefault);
        return new Admin(at.host(), at.port(), metrics);
    }

    /** Names a part without which the process is not ready. A later one of the name replaces it. */
    public void part(String name, BooleanSupplier ready) {
        synchronized (parts) {
            parts.put(name, ready);
        }
    }

    /**
     * Answers GET requests under a path.
     *
     * @param pathPrefix such as {@code /state/devices}
     * @param secret that whoever asks has to prove that it knows, see {@link StateClient}; null
     *     lets everybody on this machine ask, where the port is on loopback, and nobody where it is
     *     not
     * @param handler given the segments behind the prefix, at least one; may block
     */
    public void query(
            String pathPrefix,
            @Nullable HopSecret secret,
            Function<List<String>, QueryAnswer> handler) {
        queries.put(pathPrefix, new Query(secret, handler));
    }

    /** The port, also where any free one was asked for. */
    public int port() {
        return listener.port();
    }

    /** {@code host:port}, as it stands in heartbeats. */
    public String address() {
        return advertised + ":" + port();
    }

    private void handle(HttpRequest request, HttpAnswer answer) {
        // Beyond loopback what tells more than figures asks for the secret.
        Optional<Problem> refusal =
                loopback ? pages.refusal(request, _ -> false) : Optional.empty();
        if (refusal.isPresent()) {
            answer.send(refusal.get());
            return;
        }
        String path = request.path();
        String method = request.method();
        if (!method.equals("GET") && !request.isHead()) {
            answer.header("Allow", ALLOWED);
            answer.send(Problem.method(method, ALLOWED));
            return;
        }
        switch (path) {
            case "/health/live" -> live(answer);
            case "/health/ready" -> ready(answer);
            case "/metrics" ->
                    answer.type(Metrics.CONTENT_TYPE)
                            .send(metrics.scrape().getBytes(StandardCharsets.UTF_8));
            default -> query(path, request, answer);
        }
    }

    /** Whether all parts are ready, as {@code /health/ready} says it. */
    public boolean isReady() {
        return allReady(states());
    }

    private Map<String, Boolean> states() {
        Map<String, Boolean> states = new LinkedHashMap<>();
        synchronized (parts) {
            parts.forEach((name, part) -> states.put(name, isReady(name, part)));
        }
        if (!states.isEmpty()) { // without a part there is nothing yet that could be ready
            states.put("tasks", isReady("tasks", metrics.tasks()::areWell));
        }
        return states;
    }

    private static boolean allReady(Map<String, Boolean> states) {
        return !states.isEmpty() && !states.containsValue(false);
    }

    /** A thread that the process cannot do without and has lost comes back with a new process. */
    private void live(HttpAnswer answer) {
        boolean live = metrics.tasks().areAlive();
        answer.status(live ? 200 : 503)
                .type("application/json")
                .send(
                        Json.object(out -> out.writeStringField("status", live ? "live" : "dead"))
                                .getBytes(StandardCharsets.UTF_8));
    }

    private void ready(HttpAnswer answer) {
        Map<String, Boolean> states = states();
        boolean ready = allReady(states);
        String json =
                Json.object(out -> {
                    out.writeStringField("status", ready ? "ready" : "not ready");
                    out.writeObjectFieldStart("parts");
                    for (Map.Entry<String, Boolean> state : states.entrySet()) {
                        out.writeStringField(
                                state.getKey(), state.getValue() ? "ready" : "not ready");
                    }
                    out.writeEndObject();
                });
        answer.status(ready ? 200 : 503)
                .type("application/json")
                .send(json.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isReady(String name, BooleanSupplier part) {
        try {
            return part.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("part", name)
                    .setCause(e)
                    .log("Cannot tell whether it is ready");
            return false;
        }
    }

    private void query(String path, HttpRequest request, HttpAnswer answer) {
        for (Map.Entry<String, Query> entry : queries.entrySet()) {
            String prefix = entry.getKey() + "/";
            if (!path.startsWith(prefix)) {
                continue;
            }
            Query query = entry.getValue();
            if (query.secret == null) {
                if (loopback) {
                    answer(query, path.substring(prefix.length()), found -> send(answer, found));
                } else {
                    answer.send(forbidden("nobody may ask over the network"));
                }
                return;
            }
            String proof = request.header(StateChallenge.PROOF_HEADER);
            switch (challenge.check(proof, query.secret, request.method(), path)) {
                case StateChallenge.Result.Wrong wrong ->
                        answer.send(forbidden("whoever asks has another hop.secret"));
                case StateChallenge.Result.Outdated outdated -> {
                    answer.header(StateChallenge.CHALLENGE_HEADER, outdated.challenge());
                    answer.send(
                            Problem.of(
                                    401,
                                    "proof",
                                    "Not proved",
                                    "the header %s has to answer the challenge in %s"
                                            .formatted(
                                                    StateChallenge.PROOF_HEADER,
                                                    StateChallenge.CHALLENGE_HEADER)));
                }
                case StateChallenge.Result.Proved proved ->
                        answer(
                                query,
                                path.substring(prefix.length()),
                                found -> {
                                    answer.header(
                                            StateChallenge.PROOF_HEADER, proved.ofAnswer(found));
                                    send(answer, found);
                                });
            }
            return;
        }
        answer.send(Problem.noSuchPath(path));
    }

    private static Problem forbidden(String detail) {
        return Problem.of(403, "secret", "Not allowed", detail);
    }

    private static void send(HttpAnswer answer, QueryAnswer found) {
        answer.sendJson(found.status(), found.json());
    }

    private static void answer(Query query, String path, Consumer<QueryAnswer> answer) {
        List<String> segments;
        try {
            segments = PathSegments.of(path);
        } catch (IllegalArgumentException e) {
            answer.accept(
                    QueryAnswer.problem(
                            Problem.of(400, "path", "Path not understood", PathSegments.RULE)));
            return;
        }
        answer.accept(query.handler.apply(segments));
    }

    @Override
    public void close() {
        listener.close();
    }
}
