package io.lastmile.node;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin port of a process: {@code /health/live}, {@code /health/ready}, {@code /metrics}, and
 * the state queries that its parts answer. Parts and queries may be added at any time.
 */
public final class Admin implements AutoCloseable {
    /** The header that carries the shared secret. */
    public static final String SECRET_HEADER = "Lastmile-Secret";

    private static final Logger LOG = LoggerFactory.getLogger(Admin.class);

    private record Query(@Nullable HopSecret secret, Function<List<String>, QueryAnswer> handler) {}

    private final Metrics metrics;
    private final String advertised;
    private final boolean loopback;
    private final Map<String, BooleanSupplier> parts = new LinkedHashMap<>(); // guarded by itself
    private final Map<String, Query> queries = new ConcurrentHashMap<>();
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
     * @param secret what {@link #SECRET_HEADER} must carry; null lets everybody on this machine
     *     ask, where the port is on loopback, and nobody where it is not
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
        String path = request.path();
        String method = request.method();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            answer.header("Allow", "GET");
            answer.send(Problem.method(method, "GET"));
            return;
        }
        switch (path) {
            case "/health/live" -> answer.sendJson(200, "{\"status\":\"live\"}");
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
        return states;
    }

    private static boolean allReady(Map<String, Boolean> states) {
        return !states.isEmpty() && !states.containsValue(false);
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
            if (!isAllowed(query, request)) {
                answer.send(
                        Problem.of(
                                403,
                                "secret",
                                "Not allowed",
                                "the header " + SECRET_HEADER + " must carry the shared secret"));
                return;
            }
            List<String> segments;
            try {
                segments = PathSegments.of(path.substring(prefix.length()));
            } catch (IllegalArgumentException e) {
                answer.send(Problem.of(400, "path", "Path not understood", PathSegments.RULE));
                return;
            }
            QueryAnswer found = query.handler.apply(segments);
            answer.sendJson(found.status(), found.json());
            return;
        }
        answer.send(Problem.noSuchPath(path));
    }

    private boolean isAllowed(Query query, HttpRequest request) {
        if (query.secret == null) {
            return loopback;
        }
        byte[] given = request.header(SECRET_HEADER).getBytes(StandardCharsets.UTF_8);
        return query.secret.accepted().stream()
                .map(secret -> secret.getBytes(StandardCharsets.UTF_8))
                .anyMatch(secret -> MessageDigest.isEqual(given, secret));
    }

    @Override
    public void close() {
        listener.close();
    }
}
