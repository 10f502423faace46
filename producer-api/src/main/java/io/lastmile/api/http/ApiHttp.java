package io.lastmile.api.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpListener;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.PathSegments;
import io.lastmile.node.Problem;
import io.lastmile.node.QueryAnswer;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MessageId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Every path of the API and who answers it. */
public final class ApiHttp implements HttpListener.Handler {
    /** The routes, as they stand in metrics. */
    private enum Route {
        POST_MESSAGE("post-message"),
        MESSAGE("message"),
        DEVICE("device"),
        NODES("nodes"),
        NONE("none");

        private final String label;

        Route(String label) {
            this.label = label;
        }
    }

    private record Answer(Route route, int status) {}

    private final Map<Answer, Metrics.Counter> answers = new ConcurrentHashMap<>();
    private final Map<Route, Metrics.Histogram> durations = new ConcurrentHashMap<>();
    private final PostMessage postMessage;
    private final int payloadBytesMax;
    private final StateQueries stateQueries;
    private final Supplier<Map<Incarnation, NodesView.Seen>> nodes;
    private final Metrics metrics;
    private final Clock clock;

    /** The API on its parts. */
    public ApiHttp(
            MessageSender sender,
            InFlight inFlight,
            int payloadBytesMax,
            StateQueries stateQueries,
            Supplier<Map<Incarnation, NodesView.Seen>> nodes,
            Metrics metrics,
            Clock clock) {
        postMessage = new PostMessage(sender, inFlight, payloadBytesMax, clock);
        this.payloadBytesMax = payloadBytesMax;
        this.stateQueries = stateQueries;
        this.nodes = nodes;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException {
        long startedNs = clock.nanoTime();
        Route route = Route.NONE;
        try {
            List<String> path = segments(request);
            route = route(path);
            answer(route, path, request, response);
        } catch (RefusedException refused) {
            if (Body.isToBeLeft(request, payloadBytesMax)) {
                HttpListener.sendAndClose(response, refused.problem());
            } else {
                HttpListener.send(response, refused.problem());
            }
        } finally {
            count(route, response.status().code(), clock.nanoTime() - startedNs);
        }
    }

    private void count(Route route, int status, long durationNs) {
        answers.computeIfAbsent(
                        new Answer(route, status),
                        answer ->
                                metrics.counter(
                                        Metric.API_HTTP,
                                        answer.route.label,
                                        Integer.toString(answer.status)))
                .increment();
        durations
                .computeIfAbsent(route, r -> metrics.histogram(Metric.API_HTTP_DURATION, r.label))
                .observeNs(durationNs);
    }

    private static Route route(List<String> path) {
        if (path.isEmpty() || !path.getFirst().equals("v1")) {
            return Route.NONE;
        }
        String second = path.size() > 1 ? path.get(1) : "";
        return switch (path.size()) {
            case 2 -> second.equals("nodes") ? Route.NODES : Route.NONE;
            case 3 ->
                    switch (second) {
                        case "devices" -> Route.DEVICE;
                        case "messages" -> Route.MESSAGE;
                        default -> Route.NONE;
                    };
            case 4 ->
                    second.equals("devices") && path.get(3).equals("messages")
                            ? Route.POST_MESSAGE
                            : Route.NONE;
            default -> Route.NONE;
        };
    }

    private void answer(
            Route route, List<String> path, ServerRequest request, ServerResponse response)
            throws IOException {
        switch (route) {
            case POST_MESSAGE -> {
                allow("POST", request, response);
                postMessage.handle(device(path.get(2)), request, response);
            }
            case MESSAGE -> {
                allow("GET", request, response);
                send(response, stateQueries.message(message(path.get(2))));
            }
            case DEVICE -> {
                allow("GET", request, response);
                send(response, stateQueries.device(device(path.get(2))));
            }
            case NODES -> {
                allow("GET", request, response);
                HttpListener.sendJson(response, 200, NodesPage.json(nodes.get()));
            }
            case NONE -> throw new RefusedException(Problem.noSuchPath(request.path().rawPath()));
        }
    }

    private static void send(ServerResponse response, QueryAnswer answer) {
        if (answer.status() == 503) {
            response.header(HeaderNames.RETRY_AFTER, "2");
        }
        HttpListener.sendJson(response, answer.status(), answer.json());
    }

    private static void allow(String method, ServerRequest request, ServerResponse response) {
        String asked = request.prologue().method().text();
        if (!asked.equals(method)) {
            response.header(HeaderNames.ALLOW, method);
            throw new RefusedException(Problem.method(asked, method));
        }
    }

    private static List<String> segments(ServerRequest request) {
        try {
            return PathSegments.of(request.path().rawPath());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(
                    Problem.of(400, "path", "Path not understood", PathSegments.RULE));
        }
    }

    private static DeviceId device(String text) {
        if (!DeviceId.isValid(text)) {
            throw RefusedException.field("device-id", "device", DeviceId.RULE);
        }
        return new DeviceId(text);
    }

    private static MessageId message(String text) {
        try {
            return MessageId.parse(text);
        } catch (IllegalArgumentException e) {
            throw RefusedException.field("message-id", "id", MessageId.RULE);
        }
    }
}
