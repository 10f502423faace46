package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.api.kafka.Replays;
import io.lastmile.api.keys.Caller;
import io.lastmile.api.replay.ReplayOrder;
import io.lastmile.api.replay.ReplayProgress;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.node.Shares;
import io.lastmile.node.replay.ReplayFailedException;
import io.lastmile.node.replay.Selection;
import io.lastmile.wire.DeviceId;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /v1/replays}: messages once more, or how many that would be. */
public final class ReplayPages {
    private final Replays replays;
    private final Access access;
    private final Shares bodies;
    private final double rateMax;
    private final Clock clock;

    /**
     * Pages of these replays.
     *
     * @param admission whose room their bodies take
     * @param rateMax messages a second that a caller may ask for
     */
    public ReplayPages(
            Replays replays, Access access, Admission admission, double rateMax, Clock clock) {
        this.replays = replays;
        this.access = access;
        this.bodies = admission.bodies();
        this.rateMax = rateMax;
        this.clock = clock;
    }

    /** Answers one of the four routes. */
    void handle(Route route, String name, Caller caller, HttpRequest request, HttpAnswer answer)
            throws IOException {
        switch (route) {
            case POST_REPLAY -> begin(caller, route, request, answer);
            case REPLAYS -> {
                access.checkAllDevices(caller, route, request);
                answer.sendJson(200, all());
            }
            case STOP_REPLAY -> {
                find(name, caller, route, request);
                replays.stop(name, caller.name());
                send(answer, 202, find(name, caller, route, request));
            }
            default -> send(answer, 200, find(name, caller, route, request));
        }
    }

    private void begin(Caller caller, Route route, HttpRequest request, HttpAnswer answer)
            throws IOException {
        checkType(request);
        ReplayOrder order = order(caller, request);
        check(order, caller, route, request);
        Optional<Replays.Known> other;
        try {
            other = replays.begin(order);
        } catch (ReplayFailedException e) {
            throw new RefusedException(
                    Problem.of(
                            503,
                            "kafka-away",
                            "Kafka does not answer",
                            String.valueOf(e.getMessage())));
        }
        if (other.isPresent()) {
            throw new RefusedException(
                    Problem.of(
                            409,
                            "replay-running",
                            "A replay is running",
                            "one at a time: "
                                    + (caller.isLimitedToDevices()
                                            ? "another"
                                            : "the replay " + other.get().order().name())
                                    + " runs on this node; wait for it, or stop it"));
        }
        send(answer, 202, find(order.name(), caller, route, request));
    }

    private ReplayOrder order(Caller caller, HttpRequest request) throws IOException {
        Held held = new Held(bodies, Admission.caller(caller, request), 0);
        try {
            byte[] body = Body.read(request, ReplayRequest.BYTES_MAX, held, clock).bytes();
            return ReplayRequest.read(body, caller.name(), rateMax, clock.nowMs());
        } finally {
            held.giveBack();
        }
    }

    /** A type that a page of another origin cannot send without being asked who it is. */
    private static void checkType(HttpRequest request) {
        String type = MediaType.of(request);
        if (!type.equals("application/json")) {
            throw new RefusedException(
                    new Problem(
                            415,
                            "content-type",
                            "Content type not understood",
                            "Content-Type: application/json",
                            "Content-Type"));
        }
    }

    private Replays.Known find(String name, Caller caller, Route route, HttpRequest request) {
        Replays.Known known =
                replays.find(name).orElseThrow(() -> new RefusedException(noSuchReplay()));
        try {
            check(known.order(), caller, route, request);
        } catch (RefusedException e) { // that there is one is nothing for this caller to know
            throw new RefusedException(noSuchReplay());
        }
        return known;
    }

    private static Problem noSuchReplay() {
        return Problem.of(
                404,
                "no-such-replay",
                "No such replay",
                "this node knows no replay of that name (any more): each knows its own");
    }

    /** Refuses who does not reach all devices that it is about. */
    private void check(ReplayOrder order, Caller caller, Route route, HttpRequest request) {
        Selection selection = order.selection();
        Set<DeviceId> devices = selection.devices();
        String prefix = selection.prefix();
        if (devices != null) {
            for (DeviceId device : devices) {
                access.check(caller, device, route, request);
            }
        } else if (prefix != null && DeviceId.isValid(prefix)) {
            access.check(caller, new DeviceId(prefix), route, request);
        } else {
            access.checkAllDevices(caller, route, request);
        }
        for (DeviceId device : order.toDevices()) {
            access.check(caller, device, route, request);
        }
    }

    private static void send(HttpAnswer answer, int status, Replays.Known known) {
        answer.sendJson(status, Json.object(json -> write(json, known)));
    }

    private String all() {
        return Json.object(json -> {
            json.writeArrayFieldStart("replays");
            for (Replays.Known known : replays.all()) {
                json.writeStartObject();
                write(json, known);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, Replays.Known known) throws IOException {
        ReplayOrder order = known.order();
        ReplayProgress progress = known.progress();
        json.writeStringField("name", order.name());
        json.writeStringField("state", progress.state().label());
        json.writeBooleanField("dryRun", order.isDry());
        if (!order.by().isEmpty()) {
            json.writeStringField("by", order.by());
        }
        json.writeStringField("startedAt", time(progress.startedAtMs()));
        if (progress.endedAtMs() > 0) {
            json.writeStringField("endedAt", time(progress.endedAtMs()));
        }
        json.writeNumberField("percentRead", progress.percentRead());
        json.writeNumberField("messages", progress.repeated().messages());
        json.writeNumberField("devices", progress.repeated().devices());
        json.writeNumberField("bytes", progress.repeated().bytes());
        if (progress.repeated().messages() > 0) {
            json.writeStringField("firstAcceptedAt", time(progress.repeated().firstAtMs()));
            json.writeStringField("lastAcceptedAt", time(progress.repeated().lastAtMs()));
        }
        json.writeNumberField("skipped", progress.skipped());
        if (!progress.failure().isEmpty()) {
            json.writeStringField("failure", progress.failure());
        }
        json.writeObjectFieldStart("selection");
        write(json, order);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ReplayOrder order) throws IOException {
        Selection selection = order.selection();
        write(json, "devices", selection.devices());
        write(json, "devicePrefix", selection.prefix());
        Selection.Ids ids = selection.ids();
        write(json, "ids", ids == null ? null : ids.first() + ".." + ids.last());
        write(json, "from", selection.fromMs() == 0 ? null : time(selection.fromMs()));
        write(json, "to", selection.toMs() == Long.MAX_VALUE ? null : time(selection.toMs()));
        write(json, "outcome", selection.outcome() == null ? null : selection.outcome().label());
        write(json, "toDevices", order.toDevices().isEmpty() ? null : order.toDevices());
        json.writeNumberField("rate", order.perSecond());
    }

    private static void write(JsonGenerator json, String name, @Nullable String value)
            throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static void write(
            JsonGenerator json, String name, @Nullable Collection<DeviceId> devices)
            throws IOException {
        if (devices != null) {
            json.writeArrayFieldStart(name);
            for (DeviceId device : devices) {
                json.writeString(device.value());
            }
            json.writeEndArray();
        }
    }

    private static String time(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }
}
