package io.lastmile.api.http;

import io.lastmile.api.console.ConsoleFile;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.keys.Caller;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpListener;
import io.lastmile.node.HttpRequest;
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
public final class ApiHttp implements HttpListener.Handling {
    /** A longer body is read by a thread of the request's own. */
    private static final int QUICK_BYTES = 16 << 10;

    private record Answer(Route route, int status) {}

    /**
     * What a request asks for.
     *
     * @param path its segments; none where it is not understood
     * @param here the routes at that path
     */
    private record Asked(List<String> path, List<Route> here, Route route) {
        static Asked of(HttpRequest request) {
            List<String> path;
            try {
                path = PathSegments.of(request.path());
            } catch (IllegalArgumentException e) {
                return new Asked(List.of(), List.of(), Route.NONE);
            }
            List<Route> here = Route.at(path);
            for (Route route : here) {
                if (route.method().equals(request.method())) {
                    return new Asked(path, here, route);
                }
            }
            return new Asked(path, here, Route.NONE);
        }
    }

    private final Map<Answer, Metrics.Counter> answers = new ConcurrentHashMap<>();
    private final Map<Route, Metrics.Histogram> durations = new ConcurrentHashMap<>();
    private final Access access;
    private final MessageSender sender;
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
        this.sender = sender;
        this.cors = cors;
        // What a batch sends at once stays small: what waits here does not wait in Kafka's client.
        InFlight batches =
                new InFlight((int) Math.max(inFlight.bytesMax() / 8, 2L * payloadBytesMax + 4_096));
        CongestionWindow window = new CongestionWindow(sender.deadline(), clock);
        metrics.gauge(Metric.API_BATCH_WINDOW, window::size);
        postMessages =
                new PostMessages(
                        sender,
                        access,
                        inFlight,
                        new BatchSender(sender, batches, window, clock),
                        payloadBytesMax,
                        batchDevicesMax,
                        clock);
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
    public boolean isQuick(HttpRequest request) {
        return request.method().equals("POST")
                && PostMessage.isAt(request.path())
                && postMessage.hasPlenty()
                && sender.isConfirming()
                && access.isQuick()
                && request.isHere(QUICK_BYTES);
    }

    @Override
    public void handle(HttpRequest request, HttpAnswer answer) throws IOException {
        long startedNs = clock.nanoTime();
        Asked asked = Asked.of(request);
        answer.whenEnded(status -> count(asked.route, status, clock.nanoTime() - startedNs));
        try {
            answer.header(RequestId.HEADER, RequestId.of(request));
            if (cors.answers(asked.here, request, answer)) {
                return;
            }
            refuseUnknown(asked, request, answer);
            Caller caller = access.caller(asked.route, request, answer);
            answer(asked.route, caller, asked.path, request, answer);
        } catch (RefusedException refused) {
            if (Body.isToBeLeft(request) || refused.problem().status() == 408) {
                answer.sendAndClose(refused.problem());
            } else {
                answer.send(refused.problem());
            }
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

    private static void refuseUnknown(Asked asked, HttpRequest request, HttpAnswer answer) {
        if (asked.route != Route.NONE) {
            return;
        }
        if (asked.path.isEmpty()) {
            throw new RefusedException(
                    Problem.of(400, "path", "Path not understood", PathSegments.RULE));
        }
        if (asked.here.isEmpty()) {
            throw new RefusedException(Problem.noSuchPath(request.path()));
        }
        String allowed = asked.here.stream().map(Route::method).collect(Collectors.joining(", "));
        answer.header("Allow", allowed);
        throw new RefusedException(Problem.method(request.method(), allowed));
    }

    private void answer(
            Route route, Caller caller, List<String> path, HttpRequest request, HttpAnswer answer)
            throws IOException {
        switch (route) {
            case POST_MESSAGE ->
                    postMessage.handle(
                            device(path.get(2), caller, route, request), request, answer);
            case POST_MESSAGES -> postMessages.handle(caller, request, answer);
            case MESSAGE -> {
                QueryAnswer known = known(message(path.get(2)), answer);
                check(caller, known, route, request);
                StateQueries.send(answer, known);
            }
            case CANCEL_MESSAGE -> {
                MessageId id = message(path.get(2));
                QueryAnswer known = known(id, answer);
                check(caller, known, route, request);
                cancelMessage.handle(id, known, answer);
            }
            case DEVICE ->
                    StateQueries.send(
                            answer,
                            stateQueries.device(device(path.get(2), caller, route, request)));
            case FORGET_DEVICE -> {
                DeviceId device = device(path.get(2), caller, route, request);
                forgetDevice.handle(device, stateQueries.messages(device), answer);
            }
            case REVOCATION, REVOKE, ALLOW, DISCONNECT -> {
                DeviceId device = device(path.get(2), caller, route, request);
                revocations.handle(route, device, caller, request, answer);
            }
            case DEVICE_MESSAGES ->
                    StateQueries.send(
                            answer,
                            stateQueries.messages(device(path.get(2), caller, route, request)));
            case MESSAGE_TRACE ->
                    views.traces()
                            .message(
                                    message(path.get(2)),
                                    whose -> access.check(caller, whose, route, request),
                                    answer);
            case DEVICE_TRACE ->
                    views.traces()
                            .device(device(path.get(2), caller, route, request), request, answer);
            case POST_REPLAY, REPLAYS, REPLAY, STOP_REPLAY ->
                    replays.handle(route, path.getLast(), caller, request, answer);
            case FIGURES -> figures(caller, route, request, answer);
            case RECEIPTS -> receipts.handle(caller, request, answer);
            case NODES -> answer.sendJson(200, NodesPage.json(nodes.get()));
            case OPENAPI -> OpenApi.send(answer);
            case CONSOLE -> console(ConsoleFile.page(), request, answer);
            case CONSOLE_FILE -> consoleFile(path.get(1), request, answer);
            case NONE -> throw new IllegalStateException("no route");
        }
    }

    private void figures(Caller caller, Route route, HttpRequest request, HttpAnswer answer)
            throws IOException {
        access.checkAllDevices(caller, route, request);
        views.figures().handle(answer);
    }

    /** What its owner knows of a message; of one that waits to be read, what the log says. */
    private QueryAnswer known(MessageId id, HttpAnswer answer) {
        QueryAnswer known = stateQueries.message(id);
        return known.isNotReadYet() ? views.traces().accepted(id, answer) : known;
    }

    private void console(@Nullable ConsoleFile file, HttpRequest request, HttpAnswer answer) {
        if (file == null || !views.hasConsole()) {
            throw new RefusedException(Problem.noSuchPath(request.path()));
        }
        file.send(request, answer);
    }

    private void consoleFile(String name, HttpRequest request, HttpAnswer answer) {
        if (name.isEmpty()) { // console/ would have its files elsewhere
            answer.status(301).header("Location", "../console").send();
        } else {
            console(ConsoleFile.of(name).orElse(null), request, answer);
        }
    }

    private DeviceId device(String text, Caller caller, Route route, HttpRequest request) {
        if (!DeviceId.isValid(text)) {
            throw RefusedException.field("device-id", "device", DeviceId.RULE);
        }
        DeviceId device = new DeviceId(text);
        access.check(caller, device, route, request);
        return device;
    }

    /** Whose a message is only its owner knows. */
    private void check(Caller caller, QueryAnswer known, Route route, HttpRequest request) {
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
