package io.lastmile.api.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
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
            "Authorization, Content-Type, TTL, Topic, Urgency, Idempotency-Key, Not-Before, traceparent, Last-Event-ID, X-Request-Id";
    private static final String EXPOSED = "Location, Retry-After, X-Request-Id";
    private static final String REMEMBER_SECONDS = "3600";
    private static final String ATTRIBUTE = "attribute-";

    private static final HeaderName ASKED_METHOD =
            HeaderNames.create("Access-Control-Request-Method");
    private static final HeaderName ASKED_HEADERS =
            HeaderNames.create("Access-Control-Request-Headers");

    private final List<String> origins;

    /**
     * The origins that may.
     *
     * @param origins such as {@code https://shop.example}, or {@code *} for all
     */
    public Cors(List<String> origins) {
        this.origins = List.copyOf(origins);
    }

    /**
     * Says in the answer whether the page that asks may see it. Answers a preflight itself.
     *
     * @return whether the request is answered
     */
    boolean answers(List<Route> here, ServerRequest request, ServerResponse response) {
        String origin = request.headers().first(HeaderNames.ORIGIN).orElse("");
        if (origin.isEmpty() || origins.isEmpty()) {
            return false;
        }
        response.header(HeaderNames.VARY, "Origin");
        if (!origins.contains(ANY) && !origins.contains(origin)) {
            return false; // the browser keeps the answer from the page
        }
        response.header(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.header(HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        boolean isPreflight =
                request.prologue().method().text().equals("OPTIONS")
                        && request.headers().contains(ASKED_METHOD);
        if (!isPreflight || here.isEmpty()) {
            return false;
        }
        response.header(
                HeaderNames.ACCESS_CONTROL_ALLOW_METHODS,
                String.join(", ", here.stream().map(Route::method).toList()));
        response.header(HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, headers(request));
        response.header(HeaderNames.ACCESS_CONTROL_MAX_AGE, REMEMBER_SECONDS);
        response.status(Status.NO_CONTENT_204).send();
        return true;
    }

    /** Attributes have names of their own; the others are known. */
    private static String headers(ServerRequest request) {
        StringBuilder allowed = new StringBuilder(HEADERS);
        for (String asked : request.headers().values(ASKED_HEADERS)) {
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
