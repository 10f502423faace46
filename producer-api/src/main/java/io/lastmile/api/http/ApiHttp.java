package io.lastmile.api.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.lastmile.api.console.ConsoleFile;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.keys.Caller;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every path of the API and who answers it. */
public final class ApiHttp implements HttpListener.Handler {
    private record Answer(Route route, int status) {}

    private final Map<Answer, Metrics.Counter> answers = new ConcurrentHashMap<>();
    private final Map<Route, Metrics.Histogram> durations = new ConcurrentHashMap<>();
    private final Access access;
    private final PostMessage postMessage;
    private final PostMessages postMessages;
    private final CancelMessage cancelMessage;
    private final ForgetDevice forgetDevice;
    private final Revocations revocations;
    private final ReplayPages replays;
    private final Cors cors;
    private final StateQueries stateQueries;
    private final Supplier<Map<Incarnation, NodesView.Seen>> nodes;
    private final ReceiptStreams receipts;
    private final Views views;
    private final Metrics metrics;
    private final Clock clock;

    /** The API on its parts. */
    public ApiHttp(
            Access access,
            Cors cors,
            MessageSender sender,
            InFlight inFlight,
            int payloadBytesMax,
            int batchDevicesMax,
            StateQueries stateQueries,
            Supplier<Map<Incarnation, NodesView.Seen>> nodes,
            ReceiptStreams receipts,
            Views views,
            Revocations revocations,
            ReplayPages replays,
            Metrics metrics,
            Clock clock) {
        postMessage = new PostMessage(sender, inFlight, payloadBytesMax, clock);
        this.access = access;
        this.cors = cors;
        // What a batch sends at once stays small: what waits here does not wait in Kafka's client.
        InFlight batches =
                new InFlight((int) Math.max(inFlight.bytesMax() / 8, 2L * payloadBytesMax + 4_096));
        postMessages =
                new PostMessages(
                        sender, access, inFlight, batches, payloadBytesMax, batchDevicesMax, clock);
        cancelMessage = new CancelMessage(sender);
        forgetDevice = new ForgetDevice(sender);
        this.stateQueries = stateQueries;
        this.nodes = nodes;
        this.receipts = receipts;
        this.views = views;
        this.revocations = revocations;
        this.replays = replays;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException {
        long startedNs = clock.nanoTime();
        Route route = Route.NONE;
        try {
            response.header(RequestId.HEADER, RequestId.of(request));
            List<String> path = segments(request);
            List<Route> here = Route.at(path);
            if (cors.answers(here, request, response)) {
                return;
            }
            route = route(here, request, response);
            Caller caller = access.caller(route, request, response);
            answer(route, caller, path, request, response);
        } catch (RefusedException refused) {
            if (Body.isToBeLeft(request)) {
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
                                        answer.route.label(),
                                        Integer.toString(answer.status)))
                .increment();
        durations
                .computeIfAbsent(route, r -> metrics.histogram(Metric.API_HTTP_DURATION, r.label()))
                .observeNs(durationNs);
    }

    private static Route route(List<Route> here, ServerRequest request, ServerResponse response) {
        String asked = request.prologue().method().text();
        for (Route route : here) {
            if (route.method().equals(asked)) {
                return route;
            }
        }
        if (here.isEmpty()) {
            throw new RefusedException(Problem.noSuchPath(request.path().rawPath()));
        }
        String allowed = here.stream().map(Route::method).collect(Collectors.joining(", "));
        response.header(HeaderNames.ALLOW, allowed);
        throw new RefusedException(Problem.method(asked, allowed));
    }

    private void answer(
            Route route,
            Caller caller,
            List<String> path,
            ServerRequest request,
            ServerResponse response)
            throws IOException {
        switch (route) {
            case POST_MESSAGE ->
                    postMessage.handle(
                            device(path.get(2), caller, route, request), request, response);
            case POST_MESSAGES -> postMessages.handle(caller, request, response);
            case MESSAGE -> {
                QueryAnswer known = known(message(path.get(2)), response);
                check(caller, known, route, request);
                StateQueries.send(response, known);
            }
            case CANCEL_MESSAGE -> {
                MessageId id = message(path.get(2));
                QueryAnswer known = known(id, response);
                check(caller, known, route, request);
                cancelMessage.handle(id, known, response);
            }
            case DEVICE ->
                    StateQueries.send(
                            response,
                            stateQueries.device(device(path.get(2), caller, route, request)));
            case FORGET_DEVICE -> {
                DeviceId device = device(path.get(2), caller, route, request);
                forgetDevice.handle(device, stateQueries.messages(device), response);
            }
            case REVOCATION, REVOKE, ALLOW, DISCONNECT -> {
                DeviceId device = device(path.get(2), caller, route, request);
                revocations.handle(route, device, caller, request, response);
            }
            case DEVICE_MESSAGES ->
                    StateQueries.send(
                            response,
                            stateQueries.messages(device(path.get(2), caller, route, request)));
            case MESSAGE_TRACE ->
                    views.traces()
                            .message(
                                    message(path.get(2)),
                                    whose -> access.check(caller, whose, route, request),
                                    response);
            case DEVICE_TRACE ->
                    views.traces()
                            .device(device(path.get(2), caller, route, request), request, response);
            case POST_REPLAY, REPLAYS, REPLAY, STOP_REPLAY ->
                    replays.handle(route, path.getLast(), caller, request, response);
            case FIGURES -> figures(caller, route, request, response);
            case RECEIPTS -> receipts.handle(caller, request, response);
            case NODES -> HttpListener.sendJson(response, 200, NodesPage.json(nodes.get()));
            case OPENAPI -> OpenApi.send(response);
            case CONSOLE -> console(ConsoleFile.page(), request, response);
            case CONSOLE_FILE -> consoleFile(path.get(1), request, response);
            case NONE -> throw new IllegalStateException("no route");
        }
    }

    private void figures(Caller caller, Route route, ServerRequest request, ServerResponse response)
            throws IOException {
        access.checkAllDevices(caller, route, request);
        views.figures().handle(response);
    }

    /** What its owner knows of a message; of one that waits to be read, what the log says. */
    private QueryAnswer known(MessageId id, ServerResponse response) {
        QueryAnswer answer = stateQueries.message(id);
        return answer.isNotReadYet() ? views.traces().accepted(id, response) : answer;
    }

    private void console(
            @Nullable ConsoleFile file, ServerRequest request, ServerResponse response) {
        if (file == null || !views.hasConsole()) {
            throw new RefusedException(Problem.noSuchPath(request.path().rawPath()));
        }
        file.send(request, response);
    }

    private void consoleFile(String name, ServerRequest request, ServerResponse response) {
        if (name.isEmpty()) { // console/ would have its files elsewhere
            response.status(Status.MOVED_PERMANENTLY_301)
                    .header(HeaderNames.LOCATION, "../console")
                    .send();
        } else {
            console(ConsoleFile.of(name).orElse(null), request, response);
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

    private DeviceId device(String text, Caller caller, Route route, ServerRequest request) {
        if (!DeviceId.isValid(text)) {
            throw RefusedException.field("device-id", "device", DeviceId.RULE);
        }
        DeviceId device = new DeviceId(text);
        access.check(caller, device, route, request);
        return device;
    }

    /** Whose a message is only its owner knows. */
    private void check(Caller caller, QueryAnswer known, Route route, ServerRequest request) {
        if (caller.isLimitedToDevices() && known.status() == 200) {
            String device = JsonFields.of(known.json()).getOrDefault("device", "");
            access.check(caller, new DeviceId(device), route, request);
        }
    }

    private static MessageId message(String text) {
        try {
            return MessageId.parse(text);
        } catch (IllegalArgumentException e) {
            throw RefusedException.field("message-id", "id", MessageId.RULE);
        }
    }
}
