package io.lastmile.api.http;

import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import java.util.List;

/**
 * Which pages in a browser may call the API (Fetch Standard, CORS protocol). Without origins none
 * may, but those that the API serves itself.
 */
public final class Cors {
    /** No page of another origin. */
    public static final Cors NONE = new Cors(List.of());

    private static final String ANY = "*";
    private static final String HEADERS =
            "Authorization, Content-Type, Content-Encoding, TTL, Topic, Urgency, Idempotency-Key, Not-Before, Condition, Spread, Receipts, Keep, traceparent, Last-Event-ID, X-Request-Id";
    private static final String EXPOSED = "Location, Retry-After, X-Request-Id";
    private static final String REMEMBER_SECONDS = "3600";
    private static final String ATTRIBUTE = "attribute-";

    private static final String ASKED_METHOD = "Access-Control-Request-Method";
    private static final String ASKED_HEADERS = "Access-Control-Request-Headers";

    private final List<String> origins;

    /**
     * The origins that may.
     *
     * @param origins such as {@code https://shop.example}, or {@code *} for all
     */
    public Cors(List<String> origins) {
        this.origins = List.copyOf(origins);
    }

    /** Whether pages of that origin may. */
    boolean allows(String origin) {
        return origins.contains(ANY) || origins.contains(origin);
    }

    /**
     * Says in the answer whether the page that asks may see it. Answers a preflight itself.
     *
     * @return whether the request is answered
     */
    boolean answers(List<Route> here, HttpRequest request, HttpAnswer answer) {
        String origin = request.header("Origin");
        if (origin.isEmpty() || origins.isEmpty()) {
            return false;
        }
        answer.header("Vary", "Origin");
        if (!allows(origin)) {
            return false; // the browser keeps the answer from the page
        }
        answer.header("Access-Control-Allow-Origin", origin);
        answer.header("Access-Control-Expose-Headers", EXPOSED);
        boolean isPreflight = request.method().equals("OPTIONS") && request.has(ASKED_METHOD);
        if (!isPreflight || here.isEmpty()) {
            return false;
        }
        answer.header(
                "Access-Control-Allow-Methods",
                String.join(", ", here.stream().map(Route::method).toList()));
        answer.header("Access-Control-Allow-Headers", headers(request));
        answer.header("Access-Control-Max-Age", REMEMBER_SECONDS);
        answer.status(204).send();
        return true;
    }

    /** Attributes have names of their own; the others are known. */
    private static String headers(HttpRequest request) {
        StringBuilder allowed = new StringBuilder(HEADERS);
        for (String asked : request.headers(ASKED_HEADERS)) {
            for (String name : asked.split(",", -1)) {
                String stripped = name.strip();
                if (stripped.regionMatches(true, 0, ATTRIBUTE, 0, ATTRIBUTE.length())
                        && stripped.matches("[A-Za-z0-9._-]{1,80}")) {
                    allowed.append(", ").append(stripped);
                }
            }
        }
        return allowed.toString();
    }
}
