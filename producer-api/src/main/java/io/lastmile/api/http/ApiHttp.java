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
import io.lastmile.node.Shares;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MessageId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every path of the API and who answers it.
 *
 * <p>Long because it has every path.
 */
public final class ApiHttp implements HttpListener.Handling {
    /** A longer body is read by a thread of the request's own. */
    private static final int QUICK_BYTES = 16 << 10;

    private static final String GET = "GET";

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
            String method = request.isHead() ? GET : request.method();
            for (Route route : here) {
                if (route.method().equals(method)) {
                    return new Asked(path, here, route);
                }
            }
            return new Asked(path, here, Route.NONE);
        }
    }

    private final Map<Answer, Metrics.Counter> answers = new ConcurrentHashMap<>();
    private final Map<Route, Metrics.Histogram> durations = new ConcurrentHashMap<>();
    private final Access access;
    private final Admission admission;
    private final MessageSender sender;
    private final PostMessage postMessage;
    private final PostMessages postMessages;
    private final ChannelPages channels;
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

    /** Who gets in. */
    public record Entrance(Access access, Cors cors, Admission admission) {}

    /**
     * How messages are taken.
     *
     * @param payloadBytesMax the longest body of a message
     * @param batchDevicesMax devices of one message of a batch
     */
    public record Posting(MessageSender sender, int payloadBytesMax, int batchDevicesMax) {}

    /** Where answers come from. */
    public record Sources(
            StateQueries stateQueries,
            Supplier<Map<Incarnation, NodesView.Seen>> nodes,
            ReceiptStreams receipts,
            Broadcasts broadcasts) {}

    /** The API on its parts. */
    public ApiHttp(
            Entrance entrance,
            Posting posting,
            Sources sources,
            Views views,
            Revocations revocations,
            ReplayPages replays,
            Metrics metrics,
            Clock clock) {
        access = entrance.access();
        admission = entrance.admission();
        cors = entrance.cors();
        sender = posting.sender();
        int payloadBytesMax = posting.payloadBytesMax();
        postMessage = new PostMessage(sender, admission.bodies(), payloadBytesMax, clock);
        // What a batch sends at once stays small: what waits here does not wait in Kafka's client.
        Shares batches =
                Shares.inTurns(
                        Math.max(admission.bodies().size() / 8, 2L * payloadBytesMax + 4_096));
        CongestionWindow window = new CongestionWindow(sender.deadline(), clock);
        metrics.gauge(Metric.API_BATCH_WINDOW, window::size);
        BatchSender toKafka = new BatchSender(sender, batches, window, clock);
        postMessages =
                new PostMessages(
                        sender,
                        access,
                        admission.bodies(),
                        toKafka,
                        payloadBytesMax,
                        posting.batchDevicesMax(),
                        clock);
        Broadcasts broadcasts = sources.broadcasts();
        channels =
                new ChannelPages(
                        access,
                        new Members(sender, access, admission.bodies(), toKafka, clock),
                        new PostBroadcast(
                                sender.broadcasts(),
                                broadcasts.log(),
                                admission.bodies(),
                                payloadBytesMax,
                                clock),
                        broadcasts,
                        new BroadcastStreams(broadcasts, clock));
        cancelMessage = new CancelMessage(sender);
        forgetDevice = new ForgetDevice(sender);
        stateQueries = sources.stateQueries();
        nodes = sources.nodes();
        receipts = sources.receipts();
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
        AtomicReference<@Nullable String> admitted = new AtomicReference<>();
        answer.whenEnded(status -> {
            count(asked.route, status, clock.nanoTime() - startedNs);
            String who = admitted.get();
            if (who != null) {
                admission.requests().give(who, 1);
            }
        });
        try {
            access.checkPage(asked.route, request, cors);
            if (cors.answers(asked.here, request, answer)) {
                return;
            }
            refuseUnknown(asked, request, answer);
            Caller caller = access.caller(asked.route, request, answer);
            String who = Admission.caller(caller, request);
            if (!admission.requests().take(who, 1)) {
                throw new RefusedException(tooMany());
            }
            admitted.set(who);
            answer(asked.route, caller, asked.path, request, answer);
        } catch (RefusedException refused) {
            if (refused.problem().type().equals("busy")) {
                answer.retryAfter(1);
            }
            if (Body.isToBeLeft(request) || refused.problem().status() == 408) {
                answer.sendAndClose(refused.problem());
            } else {
                answer.send(refused.problem());
            }
        }
    }

    private static Problem tooMany() {
        return Problem.of(
                503,
                "busy",
                "Busy",
                "as many requests of this caller are under way as are its share of"
                        + " api.connections.max");
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
        String allowed =
                asked.here.stream()
                        .map(Route::method)
                        .map(method -> method.equals(GET) ? "GET, HEAD" : method)
                        .collect(Collectors.joining(", "));
        answer.header("Allow", allowed);
        throw new RefusedException(Problem.method(request.method(), allowed));
    }

    private void answer(
            Route route, Caller caller, List<String> path, HttpRequest request, HttpAnswer answer)
            throws IOException {
        String who = Admission.caller(caller, request);
        switch (route) {
            case POST_MESSAGE ->
                    postMessage.handle(
                            device(path.get(2), caller, route, request), who, request, answer);
            case POST_MESSAGES -> postMessages.handle(caller, request, answer);
            case MESSAGE -> {
                QueryAnswer known = known(message(path.get(2)), caller, route, request, answer);
                StateQueries.send(answer, known);
            }
            case CANCEL_MESSAGE -> {
                MessageId id = message(path.get(2));
                QueryAnswer known = known(id, caller, route, request, answer);
                cancelMessage.handle(id, known, answer);
            }
            case DEVICE -> {
                DeviceId device = device(path.get(2), caller, route, request);
                StateQueries.send(
                        answer, revocations.toldWith(stateQueries.device(device), device));
            }
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
            case MESSAGE_TRACE -> trace(message(path.get(2)), caller, route, request, answer);
            case DEVICE_TRACE ->
                    views.traces()
                            .device(
                                    device(path.get(2), caller, route, request),
                                    who,
                                    request,
                                    answer);
            case POST_REPLAY, REPLAYS, REPLAY, STOP_REPLAY ->
                    replays.handle(route, path.getLast(), caller, request, answer);
            case CHANNELS,
                    CHANNEL,
                    CHANNEL_DEVICES,
                    POST_MEMBERS,
                    JOIN_CHANNEL,
                    LEAVE_CHANNEL,
                    POST_TO_CHANNEL,
                    POST_BROADCAST,
                    BROADCASTS,
                    BROADCAST,
                    CANCEL_BROADCAST,
                    BROADCAST_DEVICES,
                    BROADCAST_EVENTS ->
                    channels.handle(route, path, caller, request, answer);
            case FIGURES -> figures(caller, route, request, answer);
            case RECEIPTS -> {
                if (!isHeadOfStream(request, answer)) {
                    receipts.handle(caller, request, answer);
                }
            }
            case NODES -> nodes(caller, route, request, answer);
            case OPENAPI -> OpenApi.send(answer);
            case ROOT -> root(request, answer);
            case CONSOLE -> console(ConsoleFile.page(), request, answer);
            case CONSOLE_FILE -> consoleFile(path.get(1), request, answer);
            case NONE -> throw new IllegalStateException("no route");
        }
    }

    private void nodes(Caller caller, Route route, HttpRequest request, HttpAnswer answer) {
        access.checkAllDevices(caller, route, request);
        answer.sendJson(200, NodesPage.json(nodes.get()));
    }

    private void trace(
            MessageId id, Caller caller, Route route, HttpRequest request, HttpAnswer answer) {
        String who = Admission.caller(caller, request);
        Consumer<DeviceId> check = whose -> access.checkMessage(caller, whose, route, request);
        answer.sendJson(200, hiding(caller, () -> views.traces().message(id, who, check, answer)));
    }

    private void figures(Caller caller, Route route, HttpRequest request, HttpAnswer answer)
            throws IOException {
        access.checkAllDevices(caller, route, request);
        if (!isHeadOfStream(request, answer)) {
            views.figures().handle(Admission.caller(caller, request), answer);
        }
    }

    /** Answers who asks for the head of a stream: nobody would read what it is opened for. */
    static boolean isHeadOfStream(HttpRequest request, HttpAnswer answer) {
        if (!request.isHead()) {
            return false;
        }
        answer.type("text/event-stream").header("Cache-Control", "no-store").send();
        return true;
    }

    /** What its owner knows of a message; of one that waits to be read, what the log says. */
    private QueryAnswer known(
            MessageId id, Caller caller, Route route, HttpRequest request, HttpAnswer answer) {
        QueryAnswer first = stateQueries.message(id);
        QueryAnswer known =
                first.isNotReadYet()
                        ? hiding(
                                caller,
                                () ->
                                        views.traces()
                                                .accepted(
                                                        id,
                                                        Admission.caller(caller, request),
                                                        answer))
                        : first;
        if (!caller.isLimitedToDevices()) {
            return known;
        }
        if (known.status() == 404) {
            throw new RefusedException(Access.NO_SUCH_MESSAGE);
        }
        if (known.status() == 200) { // whose it is only its owner knows
            String device = JsonFields.of(known.json()).getOrDefault("device", "");
            access.checkMessage(caller, new DeviceId(device), route, request);
        }
        return known;
    }

    /** To who may not know of all messages, one that does not exist is as one of others. */
    private static <T> T hiding(Caller caller, Supplier<T> asking) {
        try {
            return asking.get();
        } catch (RefusedException e) {
            throw caller.isLimitedToDevices() && e.problem().status() == 404
                    ? new RefusedException(Access.NO_SUCH_MESSAGE)
                    : e;
        }
    }

    private void console(@Nullable ConsoleFile file, HttpRequest request, HttpAnswer answer) {
        if (file == null || !views.hasConsole()) {
            throw new RefusedException(Problem.noSuchPath(request.path()));
        }
        file.send(request, answer);
    }

    /** Who types only the address wants to see something. */
    private void root(HttpRequest request, HttpAnswer answer) {
        if (!views.hasConsole()) {
            throw new RefusedException(Problem.noSuchPath(request.path()));
        }
        answer.status(302).header("Location", "console").send();
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

    private static MessageId message(String text) {
        try {
            return MessageId.parse(text);
        } catch (IllegalArgumentException e) {
            throw RefusedException.field("message-id", "id", MessageId.RULE);
        }
    }
}
